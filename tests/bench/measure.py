"""One row of the table, and how it is measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.localcloud.neon.driver import Json, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``above`` is the time in seconds less what the stand-in itself took for its operations, one after another."""

    what: str
    reads: int
    mutations: int
    seconds: float
    above: float


def measure(project: Project, what: str, act: Callable[[], object]) -> Row:
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
        what=what, reads=len(entries) - mutations, mutations=mutations, seconds=seconds, above=max(0.0, seconds - own)
    )


def journal(project: Project, after: int) -> list[Json]:
    found: list[Json] = project.server.control("GET", f"journal?after={after}")["entries"]
    return found


def operations(project: Project) -> list[Json]:
    found: list[Json] = project.get("/operations")["operations"]
    return found
