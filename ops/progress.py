"""What a command says while it waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from hosting.patience import Clock, Patience

T = TypeVar("T")

_ASKING = 120.0  # seconds for what is not part of a build's own time, while AWS is too busy


def progress() -> Clock:
    """Says on stderr what is waited for: stdout is for what was asked."""
    return Clock(say=lambda line: typer.echo(line, err=True))


def insist(act: Callable[[], T]) -> T:
    """What ``act`` returns, asked again for two minutes, and said so, while AWS is too busy. Raises its HostingBusy."""
    return Patience.of(_ASKING, progress()).insist(act)
