"""A reset that is due: what it will overwrite, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from components.preflight.losses import described, size_of
from components.preflight.refused import refusals
from components.settings.models import DatabaseSettings
from components.settings.problems import Problem
from neon.branches import children_of
from neon.client import NeonClient
from neon.clock import require_come
from neon.contents import require_contents
from neon.kept import kept_name
from neon.models import Branch
from neon.resets import copied_at, is_stale, require_resettable, require_unkept


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetFindings:
    """``overwrites`` says what the reset does, None when none is due."""

    overwrites: str | None = None
    problems: tuple[Problem, ...] = ()


def check_reset(
    database: DatabaseSettings, client: NeonClient, branch: Branch | None, source: Branch | None, path: str
) -> ResetFindings:
    """Findings for the environment's branch and its source; ``path`` names the database settings."""
    wanted = database.fresh_after
    if source is None or wanted is None or not (branch is None or is_stale(branch, wanted)):
        return ResetFindings()
    problems = list(refusals(lambda: require_come(client, wanted, what="fresh_after"), f"{path}.fresh_after"))
    if branch is None:
        return ResetFindings(problems=tuple(problems))
    # An up sets name and protection as declared before it resets; that none is declared lifts nobody's protection.
    lifted = branch.protected and database.protected is False
    then = replace(branch, name=database.branch, protected=branch.protected and not lifted)
    children = children_of(client, branch)
    problems += refusals(lambda: require_resettable(then, source), f"{path}.fresh_after")
    problems += lacking(database, client, source, path)
    # One that is being reset may have got its copy by that very reset: up waits, and looks then.
    if (database.keep or children) and branch.state == "ready":
        problems += refusals(lambda: require_unkept(client, then, wanted), f"{path}.fresh_after")
    fate = _fate(kept_name(then.name, wanted), children, keep=database.keep)
    return ResetFindings(overwrites=overwrite_warning(branch, source, fate, lifted=lifted), problems=tuple(problems))


def lacking(database: DatabaseSettings, client: NeonClient, source: Branch, path: str) -> Iterator[Problem]:
    """What the source does not have that a copy of it is to be reached by."""
    names = {"database": database.database, "role": database.role}
    yield from refusals(lambda: require_contents(client, source, **names), path)


def overwrite_warning(branch: Branch, source: Branch, fate: str, *, lifted: bool = False) -> str:
    """What a reset will do to a branch's data, for the preview."""
    first = (
        "the branch is protected in Neon, and protected: false in the settings: up lifts that. Then " if lifted else ""
    )
    return (
        f"{first}the reset overwrites all data of {described(branch)}, last copied at {copied_at(branch)}, with that "
        f"of {source.name!r} ({size_of(source)}); {fate}. "
        "Connections are dropped for a moment, the connection strings stay"
    )


def _fate(kept: str, children: Sequence[str], *, keep: bool) -> str:
    """What becomes of the data that a reset overwrites, and of the branches that were made from it."""
    if children:
        return f"its data is kept as the branch {kept!r}, to which its children {', '.join(children)} move"
    return f"its data is kept as the branch {kept!r}" if keep else "what was written to it since cannot be brought back"
