"""A question that only a person's yes answers."""

from __future__ import annotations

import typer


def agreed(question: str) -> bool:
    """Whether somebody says yes; Ctrl-C, and an input in which there is no answer, are a no."""
    try:
        return typer.confirm(question)
    except typer.Abort:
        typer.echo("no answer, which is a no", err=True)
        return False
