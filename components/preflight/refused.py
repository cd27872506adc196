"""What the Neon client would refuse to do, as problems of the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from components.settings.problems import Problem
from neon.errors import NeonRefused


def refusals(check: Callable[[], None], path: str) -> Iterator[Problem]:
    """The problem of the setting at ``path`` that ``check`` raises as NeonRefused, if it does."""
    try:
        check()
    except NeonRefused as refused:
        yield Problem(path=path, text=str(refused))
