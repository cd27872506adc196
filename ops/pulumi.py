"""Pulumi's own command, run as a person would, its output left on the terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from components.settings.supposed import MAY_LOSE, NOTHING
from ops.objects import dropped, leaves, object_of

CHANGES_FOUND = 7  # the CLI's status, since 3.227, for changes where none were expected


INTERRUPTED = 130  # what a shell says of a command that Ctrl-C has ended


class OpsError(Exception):
    """A command that cannot go on, told to a person; ``status`` is what the command ends with."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulumi:
    """Commands on one stack, in the current folder. A status other than 0 is an OpsError, unless it is asked for."""

    stack: str

    def run(
        self, *arguments: str, expect: tuple[int, ...] = (0,), env: Mapping[str, str] = MappingProxyType({})
    ) -> int:
        """``env`` goes over this process's environment."""
        status, interrupted = _to_the_end(subprocess.Popen(self._command(arguments), env={**os.environ, **env}))
        if interrupted:
            raise OpsError(
                f"`pulumi {arguments[0]}` was interrupted, and has ended with {status}. What it had done is known: run "
                f"the same command again, or `python -m ops repair {self.stack}` where the stack stayed locked",
                status or INTERRUPTED,
            )
        if status not in expect:
            raise OpsError(f"`pulumi {arguments[0]}` ended with {status}: see above{self._not_there()}", status)
        return status

    def check(self, *arguments: str, env: Mapping[str, str]) -> None:
        """Runs a command whose output matters only where it fails."""
        done = subprocess.run(
            self._command(arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **env},
        )
        if done.returncode:
            raise OpsError(
                f"{done.stdout.strip()}\nnothing was changed: `pulumi {arguments[0]}` ended with {done.returncode}",
                done.returncode,
            )

    def up(self, *, seen: bool, may_lose: str = NOTHING) -> None:
        """An up that asks nothing. Unless somebody has ``seen`` its preview and said yes, it is refused where more of
        the database would go than ``may_lose``."""
        self.run("up", "--yes", "--skip-preview", env={} if seen else {MAY_LOSE: may_lose})

    def read(self, *arguments: str) -> str | None:
        """What the command prints; None when it has nothing to say (a key that is not set)."""
        done = subprocess.run(self._command(arguments), capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def json(self, *arguments: str) -> dict[str, Any]:
        """The object that the command prints. Its errors are passed on, its output never is: it may hold secrets."""
        done = subprocess.run(self._command(arguments), capture_output=True, text=True, check=False)
        if done.returncode:
            said = f"`pulumi {arguments[0]}` ended with {done.returncode}: {done.stderr.strip()}"
            raise OpsError(f"{said}{self._not_there()}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def set(self, path: str, value: str) -> None:
        """Writes one value that is no secret into the stack file, named by its path below the project's keys.

        An object that only the project's file has would be replaced by one with this value alone: its other fields are
        written along. Raises OpsError where they cannot be.
        """
        section = path.partition(".")[0]
        before = object_of(self.json("config", "--json"), section)
        self._write(path, value)
        lost = dropped(before, object_of(self.json("config", "--json"), section))
        for leaf, text in leaves(lost, section):
            self._write(leaf, text)
        now = object_of(self.json("config", "--json"), section) if lost else {}
        wrong = sorted(name for name, one in lost.items() if now.get(name) != one)
        if wrong:
            raise OpsError(
                f"the stack file of {self.stack} has an object {section} now, which replaces that of Pulumi.yaml: give "
                f"it {', '.join(wrong)} as there, and run the same command again"
            )

    def _not_there(self) -> str:
        """What to do where there is no such stack; nothing where there is, or where nobody can tell."""
        listing = ("pulumi", "stack", "ls", "--json")
        done = subprocess.run(listing, capture_output=True, text=True, check=False)
        names = [str(one["name"]) for one in json.loads(done.stdout)] if done.returncode == 0 else [self.stack]
        if self.stack.rpartition("/")[2] in {name.rpartition("/")[2] for name in names}:
            return ""
        there = f"there are {', '.join(names)}" if names else "there is none yet"
        return f". No stack is named {self.stack}, {there}: correct it, or `pulumi stack init {self.stack}` makes it"

    def _write(self, path: str, value: str) -> None:
        # A time at a key such as password_after may look like a secret to the CLI, which then refuses it.
        words = ("config", "set", "--plaintext", "--path", path, value)
        done = subprocess.run(self._command(words), capture_output=True, text=True, check=False)
        if done.returncode:
            raise OpsError(f"the stack file of {self.stack} cannot be written: {done.stderr.strip()}")

    def require(self) -> None:
        """Raises OpsError where there is no such command, for who would ask a question before the first one."""
        if shutil.which("pulumi") is None:
            raise OpsError("there is no `pulumi` on PATH: install the CLI, or use `python -m localcloud run -- ...`")

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        self.require()
        return ["pulumi", *arguments, "--stack", self.stack]


def _to_the_end(process: subprocess.Popen[bytes]) -> tuple[int, bool]:
    """The status, and whether Ctrl-C was pressed: the process has that too, and saves what it did before it ends."""
    interrupted = False
    while True:
        try:
            return process.wait(), interrupted
        except KeyboardInterrupt:
            interrupted = True
