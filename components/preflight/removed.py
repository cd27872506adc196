"""A database that the settings no longer have: an up deletes its branch, the last thing that it does.

So what is lost is said first, and what Neon would refuse then is a problem now, before anything has been changed. Which
branch it is, the stack's own outputs tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.naming import Identity
from components.preflight.losses import deletion_warning, leaving_notice
from components.preflight.stacks import Outputs, outputs_of
from components.settings.problems import Problem
from components.settings.reading import Draft
from neon.branches import children_of
from neon.client import NeonClient
from neon.errors import NeonError, NeonNotFound
from neon.ownership import carries, require_deletable
from neon.presence import require_project
from neon.resets import copies_of


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
) -> Removed:
    """Findings for a stack without a database; Neon is asked only when its last up had one.

    ``deleted`` is a Neon project of which a person says that it was deleted.
    """
    if draft.database is not None or "database" in draft.wrong:
        return Removed()
    known = _known(identity, outputs)
    if known is None or known[0] == deleted:
        return Removed()
    try:
        return _look(client(), identity, *known)
    except NeonError as error:
        text = f"is out of the settings, so up would delete its branch, and cannot: {error}"
        return Removed(problems=(Problem(path=f"{identity.project}:database", text=text),))


def _known(identity: Identity, outputs: Outputs) -> tuple[str, str] | None:
    """The Neon project and branch of the last up, by their ids."""
    try:
        values = outputs(f"{identity.project}/{identity.stack}").values
    except LookupError:
        return None
    project_id, branch_id = values.get("neon_project_id"), values.get("neon_branch_id")
    return (project_id, branch_id) if project_id and branch_id else None


def _look(client: NeonClient, identity: Identity, project_id: str, branch_id: str) -> Removed:
    try:
        branch = client.branch(project_id, branch_id)
    except NeonNotFound:
        require_project(client, project_id)
        return Removed()
    if not carries(branch, identity.mark(identity.name("database"))):
        return Removed(says=leaving_notice(branch))
    require_deletable(branch, children_of(client, branch))
    return Removed(says=deletion_warning(branch, copies_of(client, branch)))
