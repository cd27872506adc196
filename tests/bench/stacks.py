"""Three stacks that three ups change at the same time, on one Neon project, which lets in one change at a time."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.site import project_in
from tests.scenario.cloud import STACKS
from tests.scenario.project import Project

PATIENCE = 600  # seconds for an up
OPERATION = 2.0  # seconds that each of Neon's operations takes
MOST = 1.3  # times what the operations take together


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Seconds from the start of the first up to the end of the last, and those of Neon's ``count`` operations together.

    ``idle`` is what three ups at once take that find nothing to do: the engines themselves, on this machine's cores.
    """

    engine: str
    cli: bool
    wall: float
    idle: float
    operations: float
    count: int

    @property
    def ratio(self) -> float:
        return self.wall / self.operations

    @property
    def ours(self) -> float:
        """The ratio without the engines' own time: what is left is Neon's operations, and the waits for a turn."""
        return (self.wall - self.idle) / self.operations

    @property
    def judged(self) -> float:
        """The ratio that is limited: what the CLI takes to start three times is no time of this project."""
        return self.ours if self.cli else self.ratio

    def exceeded(self) -> list[str]:
        """Whether the limit is, in words."""
        text = f"three stacks at once: {self.judged:.2f} times Neon's operations, and {MOST:g} is the limit"
        return [text] if self.judged > MOST else []

    def __str__(self) -> str:
        return (
            f"{self.engine}: three stacks that are changed at once {self.wall:.2f} s, {self.ratio:.2f} times the "
            f"{self.operations:.1f} s of Neon's {self.count} operations; without the engines' own {self.idle:.2f} s, "
            f"{self.ours:.2f} times"
        )


def stacks(folder: Path) -> Stacks:
    """Raises AssertionError when one of them does not come up."""
    with project_in(folder) as (project, engine):
        project.settings("neon", operation_seconds=0.02)
        project.settings("aws", job_seconds=0.05)
        return _measure(project, engine)


def _measure(project: Project, engine: str) -> Stacks:
    for stack in STACKS:
        project.up(stack)
    idle = _at_once(project)
    _change_all(project)
    project.settings("neon", operation_seconds=OPERATION)
    before = {one["id"] for one in _operations(project)}
    wall = _at_once(project)
    took = [one["total_duration_ms"] / 1000 for one in _operations(project) if one["id"] not in before]
    return Stacks(
        engine=engine, cli=project.engine == "cli", wall=wall, idle=idle, operations=sum(took), count=len(took)
    )


def _change_all(project: Project) -> None:
    """Other sizes everywhere, and fresh data with new passwords where they are copies."""
    project.wait_a_second()
    for stack in STACKS:
        project.edit(stack, "database", compute={"min": 1, "max": 2})
    for stack in ("staging", "dev"):
        project.edit(stack, "database", fresh_after=project.now(), password_after=project.now())


def _at_once(project: Project) -> float:
    """Seconds that an up of each stack takes, all of them started together. Each has to succeed."""
    begun = time.perf_counter()
    with contextlib.ExitStack() as all_of_them:
        started = (project.start("up", "--stack", stack, "--yes", "--skip-preview") for stack in STACKS)
        ups = [all_of_them.enter_context(one) for one in started]
        said = [up.communicate(timeout=PATIENCE)[0] for up in ups]
    assert all(up.returncode == 0 for up in ups), "\n".join(said)
    return time.perf_counter() - begun


def _operations(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.neon("GET", "/operations?limit=1000")["operations"]
    return found
