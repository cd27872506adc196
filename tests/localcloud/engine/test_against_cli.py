"""The same program through both engines must end in the same state, and each must go on from the other's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.engine.conftest import ENGINE, Toy, make_toy

PROGRAM = """
group = Group("group")
a = Box("a", color="red", opts=ResourceOptions(parent=group, protect=False))
after = ResourceOptions(depends_on=[a])
b = Box("b", color=a.where.apply(lambda w: "x"), word=pulumi.Output.secret("hush"), opts=after)
c = Thing("c", color="green", tags={"x": [1, 2.5, None], "y": True}, opts=ResourceOptions(version="1.2.3"))
group.register_outputs({"color": a.color})
export("token", a.token)
export("region", c.region)
export("list", [1, {"deep": b.word}])
"""
_PER_RUN = {"created", "modified", "sourcePosition", "stackTrace"}


def _real() -> str | None:
    found = shutil.which("pulumi")
    if found is None:
        return None
    said = subprocess.run([found, "version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)\.\d+(-\S+)?", said)
    old = version is None or (int(version[1]), int(version[2])) < (3, 227)
    return None if old or "embedded" in said else found


def _comparable(toy: Toy) -> dict[str, Any]:
    """Give the resources of a state without what differs from run to run: times, ids, ciphertexts."""
    ids = {r["id"]: f"<id of {name}>" for name, r in toy.resources().items() if "id" in r}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                k: "<secret>" if k == "ciphertext" else plain(v) for k, v in sorted(value.items()) if k not in _PER_RUN
            }
        if isinstance(value, list):
            return [plain(item) for item in value]
        for id_, shown in ids.items():
            value = value.replace(id_, shown) if isinstance(value, str) else value
        return value

    return {name: plain(resource) for name, resource in toy.resources().items()}


@pytest.mark.cli
def test_both_engines_end_in_the_same_state_and_go_on_from_each_other(tmp_path: Path) -> None:
    pulumi = _real()
    if pulumi is None:
        pytest.skip("no Pulumi CLI of version 3.227 or newer on PATH")
    declared = "config:\n  toy:region: {value: north}\n  toy:deep: {value: {b: 1, a: [true]}}\n"
    ours = make_toy(tmp_path / "ours", ENGINE, declared)
    theirs = make_toy(tmp_path / "theirs", [pulumi], declared)
    for toy in (ours, theirs):
        toy.up(PROGRAM)
    assert _comparable(ours) == _comparable(theirs)
    crossed = Toy(root=ours.root, engine=theirs.engine), Toy(root=theirs.root, engine=ours.engine)
    for toy in crossed:
        toy.run("preview", "--expect-no-changes")
        toy.up(PROGRAM.replace("red", "blue").replace("green", "grey"))
    assert _comparable(ours) == _comparable(theirs)
    for toy in crossed:
        toy.run("destroy", "--yes")
        assert toy.things() == []
