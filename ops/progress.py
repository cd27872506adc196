"""What a command says while it waits."""

from __future__ import annotations

import typer

from hosting.patience import Clock


def progress() -> Clock:
    """Says on stderr what is waited for: stdout is for what was asked."""
    return Clock(say=lambda line: typer.echo(line, err=True))
