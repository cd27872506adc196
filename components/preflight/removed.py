"""A database that the settings no longer have: an up deletes its branch, the last thing that it does.

So what is lost is said first, and what Neon would refuse then is a problem now, before anything has been changed. Which
branch it is, the stack's own outputs tell; where no up has ended since it was made, its mark does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from components.naming import Identity
from components.preflight.losses import deletion_warning, leaving_notice
from components.preflight.stacks import Outputs, last_branch, outputs_of
from components.settings.problems import Problem
from components.settings.reading import Draft
from neon.branches import children_of, find_marked
from neon.client import NeonClient
from neon.errors import NeonError, NeonNoOrganization, NeonNotFound, NeonRefused, NeonUnauthorized
from neon.models import Branch, Project
from neon.ownership import carries, require_deletable
from neon.presence import projects_named, require_project
from neon.resets import copies_of

_UNKNOWN = (
    "this stack declares no database. Whether an up that did not end has left it one, which this up would delete, "
    "cannot be told, for the API key does not list Neon's projects"
)
_UNFINISHED = (
    ". It is of an up that did not end; should this stack's state not have it, it stays: delete it in Neon's console"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """``says`` is what becomes of the branch, None when there is none; ``loses`` is whether data may go with it."""

    says: str | None = None
    loses: bool = True
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

    ``deleted`` is a Neon project of which a person says that it was deleted. ``projects`` are names or ids of those
    that other stacks have: they are searched even where the API key may not list what there is.
    """
    if draft.database is not None or "database" in draft.wrong:
        return Removed()
    known = last_branch(identity, outputs)
    if known is not None and known[0] == deleted:
        return Removed()
    try:
        return _look(client, _Wanted(identity=identity, projects=projects), known)
    except NeonError as error:
        text = f"is out of the settings, so up would delete the branch that this stack may have, and cannot: {error}"
        return Removed(problems=(Problem(path=f"{identity.project}:database", text=text),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    identity: Identity
    projects: AbstractSet[str]

    @property
    def mark(self) -> Mapping[str, str]:
        return self.identity.mark(self.identity.name("database"))


def _look(client: Callable[[], NeonClient], wanted: _Wanted, known: tuple[str, str] | None) -> Removed:
    if known is None:
        try:
            neon = client()
        except NeonRefused:
            return Removed()  # without a key an up deletes nothing either, and a stack without a database needs none
        return _search(neon, wanted)
    branch = _known(client(), *known)
    if branch is None:
        return _search(client(), wanted, known[0])
    if not carries(branch, wanted.mark):
        return Removed(says=leaving_notice(branch), loses=False)
    return Removed(says=_deleted(client(), branch))


def _known(client: NeonClient, project_id: str, branch_id: str) -> Branch | None:
    try:
        return client.branch(project_id, branch_id)
    except NeonNotFound:
        require_project(client, project_id)
        return None


def _deleted(client: NeonClient, branch: Branch) -> str:
    """What to say of a branch that up deletes. Raises NeonRefused for one that Neon would not delete."""
    require_deletable(branch, children_of(client, branch))
    return deletion_warning(branch, copies_of(client, branch))


def _search(client: NeonClient, wanted: _Wanted, *also: str) -> Removed:
    """By the mark: first where it is likely, then wherever the key sees."""
    likely = {*also, *(one.id for name in wanted.projects for one in _named(client, name))}
    branch = _marked(client, wanted.mark, sorted(likely))
    if branch is None:
        try:
            every = [one.id for one in client.projects("")]
        except (NeonUnauthorized, NeonNoOrganization) as refused:
            return Removed(says=f"{_UNKNOWN}: {refused}")
        branch = _marked(client, wanted.mark, [one for one in every if one not in likely])
    return Removed() if branch is None else Removed(says=f"{_deleted(client, branch)}{_UNFINISHED}")


def _named(client: NeonClient, name: str) -> list[Project]:
    try:
        return projects_named(client, name)
    except (NeonUnauthorized, NeonNoOrganization):
        return []


def _marked(client: NeonClient, mark: Mapping[str, str], projects: Iterable[str]) -> Branch | None:
    return next((found for one in projects if (found := find_marked(client, one, mark)) is not None), None)
