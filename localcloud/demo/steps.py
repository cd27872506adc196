"""A demo in steps, each a sentence and a function that raises when the sentence is not true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.demo.world import StepFailed, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``act`` returns what it saw, in a few words."""

    title: str
    act: Callable[[World], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """``project`` is the folder of the project that is run; ``columns`` are what its table shows at the end: outputs of
    its stacks by their headings."""

    project: Path
    steps: tuple[Step, ...]
    stacks: tuple[str, ...]
    columns: Mapping[str, str]


def require(holds: bool, text: str) -> None:
    """Raises StepFailed with ``text`` for what does not hold."""
    if not holds:
        raise StepFailed(text)
