"""A database that the settings no longer have: an up deletes its branch, the last thing that it does.

So what is lost is said first, and what Neon would refuse then is a problem now, before anything has been changed. Which
branch it is, the stack's own outputs tell; where no up has ended since it was made, its mark does.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from components.naming import Identity
from components.preflight.losses import deletion_warning, leaving_notice
from components.preflight.stacks import Outputs, last_branch, outputs_of
from components.settings.problems import Problem
from components.settings.reading import Draft
from neon.branches import children_of, find_marked
from neon.client import NeonClient
from neon.errors import NeonError, NeonNotFound
from neon.models import Branch
from neon.ownership import carries, require_deletable
from neon.presence import require_project
from neon.resets import copies_of

_UNFINISHED = (
    ". It is of an up that did not end; should this stack's state not have it, it stays: delete it in Neon's console"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """``says`` is what becomes of the branch, None when there is none."""

    says: str | None = None
    problems: tuple[Problem, ...] = ()


def check_removed(
    draft: Draft,
    identity: Identity,
    client: Callable[[], NeonClient],
    outputs: Outputs = outputs_of,
    *,
    deleted: str | None = None,
    projects: AbstractSet[str] = frozenset(),
) -> Removed:
    """Findings for a stack without a database.

    ``deleted`` is a Neon project of which a person says that it was deleted. ``projects`` are names or ids of those in
    which an up that did not end may have made a branch; none stands for all that the API key sees.
    """
    if draft.database is not None or "database" in draft.wrong:
        return Removed()
    known = last_branch(identity, outputs)
    if known is not None and known[0] == deleted:
        return Removed()
    try:
        return _search(client, identity, projects) if known is None else _look(client(), identity, *known)
    except NeonError as error:
        text = f"is out of the settings, so up would delete its branch, and cannot: {error}"
        return Removed(problems=(Problem(path=f"{identity.project}:database", text=text),))


def _look(client: NeonClient, identity: Identity, project_id: str, branch_id: str) -> Removed:
    try:
        branch = client.branch(project_id, branch_id)
    except NeonNotFound:
        require_project(client, project_id)
        return Removed()
    if not carries(branch, identity.mark(identity.name("database"))):
        return Removed(says=leaving_notice(branch))
    return Removed(says=_deleted(client, branch))


def _deleted(client: NeonClient, branch: Branch) -> str:
    """What to say of a branch that up deletes. Raises NeonRefused for one that Neon would not delete."""
    require_deletable(branch, children_of(client, branch))
    return deletion_warning(branch, copies_of(client, branch))


def _search(client: Callable[[], NeonClient], identity: Identity, projects: AbstractSet[str]) -> Removed:
    try:
        branch = _marked(client(), identity, projects)
    except NeonError:
        return Removed()  # without Neon an up deletes nothing either, and a stack without a database need not reach it
    return Removed() if branch is None else Removed(says=f"{_deleted(client(), branch)}{_UNFINISHED}")


def _marked(client: NeonClient, identity: Identity, projects: AbstractSet[str]) -> Branch | None:
    mark = identity.mark(identity.name("database"))
    seen = [one for name in projects or ("",) for one in client.projects(name)]
    ids = [one.id for one in seen if not projects or projects & {one.id, one.name}]
    return next((found for one in ids if (found := find_marked(client, one, mark)) is not None), None)
