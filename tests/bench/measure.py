"""One row of the table, and how it is measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.localcloud.neon.driver import Json, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a row may come to at most; None is no limit."""

    reads: int | None = None
    mutations: int | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``above`` is the time in seconds less what the stand-in itself took for its operations, one after another."""

    what: str
    reads: int
    mutations: int
    seconds: float
    above: float
    limit: Limit = Limit()

    def exceeded(self) -> list[str]:
        """Which of its limits the row is above, in words."""
        return [
            f"{self.what}: {value:g} {name}, and {most:g} is the limit"
            for name in ("reads", "mutations", "above")
            if (most := getattr(self.limit, name)) is not None and (value := getattr(self, name)) > most
        ]


def middle(rows: Sequence[Row]) -> Row:
    """One row of several measures of the same thing: the most requests, and the median times."""
    return replace(
        rows[0],
        reads=max(row.reads for row in rows),
        mutations=max(row.mutations for row in rows),
        seconds=statistics.median(row.seconds for row in rows),
        above=statistics.median(row.above for row in rows),
    )


def measure(project: Project, what: str, act: Callable[[], object], limit: Limit = Limit()) -> Row:
    """Runs ``act`` once, and tells what it asked of the stand-in."""
    since = max((entry["n"] for entry in journal(project, 0)), default=0)
    before = {operation["id"] for operation in operations(project)}
    begun = time.perf_counter()
    act()
    seconds = time.perf_counter() - begun
    entries = journal(project, since)
    mutations = sum(entry["mutating"] for entry in entries)
    own = sum(one["total_duration_ms"] for one in operations(project) if one["id"] not in before) / 1000
    return Row(
        what=what,
        reads=len(entries) - mutations,
        mutations=mutations,
        seconds=seconds,
        above=max(0.0, seconds - own),
        limit=limit,
    )


def journal(project: Project, after: int) -> list[Json]:
    found: list[Json] = project.server.control("GET", f"journal?after={after}")["entries"]
    return found


def operations(project: Project) -> list[Json]:
    found: list[Json] = project.get("/operations")["operations"]
    return found
