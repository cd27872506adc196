"""What the toy programs import: dynamic resources whose cloud is a folder of JSON files, and resources of `toy:`."""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pulumi
from pulumi import ResourceOptions, dynamic


def note(text: str) -> None:
    with (Path(os.environ["TOY_CLOUD"]) / "journal").open("a", encoding="utf-8") as journal:
        journal.write(text + "\n")


class FileProvider(dynamic.ResourceProvider):
    """Replaces on a change of `size`, the old one first if `first` is set; `slow` creations wait for the file `go`."""

    folder: Path

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        self.folder = Path(os.environ["TOY_CLOUD"])

    def check(self, olds: Any, news: Any) -> dynamic.CheckResult:
        failures = [dynamic.CheckFailure("color", "must not be ugly")] if news.get("color") == "ugly" else []
        return dynamic.CheckResult(news, failures)

    def diff(self, id_: str, olds: Any, news: Any) -> dynamic.DiffResult:
        changed = [key for key in ("color", "size", "word") if olds.get(key) != news.get(key)]
        replaces = [key for key in changed if key == "size"]
        return dynamic.DiffResult(changes=bool(changed), replaces=replaces, delete_before_replace=news.get("first"))

    def create(self, props: Any) -> dynamic.CreateResult:
        if props.get("fail"):
            raise RuntimeError(f"no room for {props['color']}")
        while props.get("slow") and not (self.folder / "go").exists():
            (self.folder / "waiting").touch()
            time.sleep(0.02)
        id_ = uuid.uuid4().hex[:8]
        outs = self._write(id_, props)
        note(f"create {props['color']}")
        return dynamic.CreateResult(id_, outs)

    def read(self, id_: str, props: Any) -> dynamic.ReadResult:
        file = self.folder / id_
        if not file.exists():
            return dynamic.ReadResult("", {})
        found = json.loads(file.read_text(encoding="utf-8"))
        inputs = {**found, "__provider": props["__provider"]}
        return dynamic.ReadResult(id_, {**props, **found}, inputs=inputs)

    def update(self, id_: str, olds: Any, news: Any) -> dynamic.UpdateResult:
        note(f"update {olds['color']} to {news['color']}")
        return dynamic.UpdateResult(self._write(id_, news))

    def delete(self, id_: str, props: Any) -> None:
        (self.folder / id_).unlink(missing_ok=True)
        note(f"delete {props['color']}")

    def _write(self, id_: str, props: Any) -> dict[str, Any]:
        kept = {key: value for key, value in props.items() if not key.startswith("__")}
        (self.folder / id_).write_text(json.dumps(kept), encoding="utf-8")
        return {**kept, "token": f"token-of-{id_}", "where": id_}


class Box(dynamic.Resource, module="toy", name="Box"):
    color: pulumi.Output[str]
    token: pulumi.Output[str]
    where: pulumi.Output[str]

    def __init__(self, name: str, opts: ResourceOptions | None = None, **props: Any) -> None:
        secret = ResourceOptions(additional_secret_outputs=["token"])
        given = {"size": 1, "color": name, **props, "token": None, "where": None}
        super().__init__(FileProvider(), name, given, ResourceOptions.merge(opts, secret))


class Thing(pulumi.CustomResource):
    region: pulumi.Output[str]

    def __init__(self, name: str, opts: ResourceOptions | None = None, **props: Any) -> None:
        super().__init__("toy:index:Thing", name, {**props, "region": None}, opts)


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("toybox:index:Group", name, None, opts)
