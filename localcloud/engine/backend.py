"""A file backend in the Pulumi CLI's layout: checkpoints, locks, and nothing else (no history, no backups)."""

from __future__ import annotations

import getpass
import json
import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from localcloud.engine.errors import CONFIGURATION, STACK_NOT_FOUND, EngineError
from localcloud.engine.state import now
from localcloud.engine.supported import VERSION


class Backend:
    """The folder that PULUMI_BACKEND_URL names (file://DIR); EngineError (2) when it names none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        url = environ.get("PULUMI_BACKEND_URL", "")
        if not url.startswith("file://"):
            raise EngineError(
                f"PULUMI_BACKEND_URL must be file://<folder> for the embedded engine, and is '{url}'", CONFIGURATION
            )
        self.url = url
        self.root = Path(url.removeprefix("file://").partition("?")[0]).expanduser().absolute() / ".pulumi"

    def checkpoint(self, project: str, stack: str) -> Path:
        return self.root / "stacks" / project / f"{stack}.json"

    def stacks(self, project: str) -> list[str]:
        return sorted(p.stem for p in (self.root / "stacks" / project).glob("*.json"))

    def read(self, project: str, stack: str) -> dict[str, Any]:
        """Give a stack's deployment, empty when nothing was deployed; EngineError (6) when there is no such stack."""
        try:
            document = json.loads(self.checkpoint(project, stack).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise EngineError(f"no stack named '{stack}' found", STACK_NOT_FOUND) from None
        if document.get("version") != 3:
            raise EngineError(f"the checkpoint of {stack} has version {document.get('version')}; only 3 is understood")
        deployment: dict[str, Any] = document["checkpoint"].get("latest") or {}
        return deployment

    def write(self, project: str, stack: str, deployment: dict[str, Any] | None) -> None:
        """Replace a stack's deployment at once; None is a stack to which nothing was deployed."""
        checkpoint: dict[str, Any] = {"stack": f"organization/{project}/{stack}"}
        if deployment is not None:
            checkpoint["latest"] = {"manifest": manifest()} | deployment | {"metadata": deployment.get("metadata", {})}
        self._marked()
        replace_file(self.checkpoint(project, stack), json.dumps({"version": 3, "checkpoint": checkpoint}))

    def remove(self, project: str, stack: str) -> None:
        self.checkpoint(project, stack).unlink()

    def _marked(self) -> None:
        mark = self.root / "meta.yaml"
        if not mark.exists():
            replace_file(mark, "version: 1\n")

    def _locks(self, project: str, stack: str) -> Path:
        return self.root / "locks" / "organization" / project / stack

    @contextmanager
    def locked(self, project: str, stack: str) -> Iterator[None]:
        """Hold the stack's lock; EngineError says who holds it when another run does."""
        mine = self._locks(project, stack) / f"{uuid.uuid4()}.json"
        self._refuse_other_locks(mine)
        holder = {"pid": os.getpid(), "username": _user(), "hostname": socket.gethostname(), "timestamp": now()}
        replace_file(mine, json.dumps(holder))
        try:
            self._refuse_other_locks(mine)
            yield
        finally:
            mine.unlink(missing_ok=True)

    def _refuse_other_locks(self, mine: Path) -> None:
        others = [path for path in sorted(mine.parent.glob("*.json")) if path != mine]
        if not others:
            return
        lines = [
            f"the stack is currently locked by {len(others)} lock(s). Either wait for the other process(es) to end or "
            "delete the lock file with `pulumi cancel`."
        ]
        for path in others:
            held = json.loads(path.read_text(encoding="utf-8"))
            at = f"{held['username']}@{held['hostname']} (pid {held['pid']}) at {held['timestamp']}"
            lines.append(f"  file://{path}: created by {at}")
        raise EngineError("\n".join(lines))

    def cancel(self, project: str, stack: str) -> None:
        """Remove the stack's locks, whoever holds them."""
        for path in self._locks(project, stack).glob("*.json"):
            path.unlink(missing_ok=True)


def manifest() -> dict[str, str]:
    """Describe a checkpoint as the CLI does; `magic` is checked by it."""
    return {"time": now(), "magic": sha256(VERSION.encode()).hexdigest(), "version": VERSION}


def replace_file(path: Path, text: str) -> None:
    """Write a file so that a reader sees either the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
