"""Starting a child: forked by localcloud's warm process where there is one, else as a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localcloud.warm.client import WARM_FOLDER, Forked
from localcloud.warm.message import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A Python script or module of ours with its arguments, or (`python` None) another program."""

    argv: tuple[str, ...]
    python: str | None = None
    module: bool = False

    @property
    def whole(self) -> list[str]:
        """As it is started without the warm process."""
        if self.python is None:
            return list(self.argv)
        return [sys.executable, "-u", *(["-P", "-m"] if self.module else []), self.python, *self.argv]


class Process(Protocol):
    """A child that was started."""

    @property
    def pid(self) -> int: ...

    def wait(self, seconds: float | None = None) -> int | None:
        """Its exit code; None when it still runs after `seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipes:
    """The child's ends of its standard streams, and others that it is to have under the same numbers."""

    stdin: int
    out: int
    err: int
    more: tuple[int, ...] = ()


def spawn(command: Command, *, cwd: Path, env: Mapping[str, str], pipes: Pipes) -> Process:
    """Start the child in a session of its own."""
    if command.python is not None and env.get(WARM_FOLDER):
        order = Order(
            target=command.python,
            module=command.module,
            arguments=command.argv,
            cwd=str(cwd),
            env=dict(env),
            numbers=(0, 1, 2, *pipes.more),
        )
        with contextlib.suppress(OSError):
            return Forked(order, [pipes.stdin, pipes.out, pipes.err, *pipes.more])
    return _Cold(command, cwd=cwd, env=env, pipes=pipes)


class _Cold:
    def __init__(self, command: Command, *, cwd: Path, env: Mapping[str, str], pipes: Pipes) -> None:
        self._process = subprocess.Popen(
            command.whole,
            cwd=cwd,
            env=dict(env),
            stdin=pipes.stdin,
            stdout=pipes.out,
            stderr=pipes.err,
            start_new_session=True,
            pass_fds=pipes.more,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, seconds: float | None = None) -> int | None:
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
