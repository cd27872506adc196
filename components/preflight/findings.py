"""What the pre-flight brings back: the ids behind the names, and what of ours is there already."""

from __future__ import annotations

from dataclasses import dataclass, field

from components.settings.problems import Problem
from hosting.lookups import App


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingFindings:
    """``branch`` and ``parameters`` exist with this stack's tags (or, for the branch, are to be adopted)."""

    app: App | None = None
    branch: bool = False
    parameters: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFindings:
    project_id: str | None = None
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    hosting: HostingFindings
    database: DatabaseFindings

    @property
    def problems(self) -> list[Problem]:
        return [*self.hosting.problems, *self.database.problems]
