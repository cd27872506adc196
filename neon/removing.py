"""The end of a branch: whether it may be deleted, asked before anything that belongs to it goes, and its deletion."""

from __future__ import annotations

from collections.abc import Mapping

from neon.branches import children_among
from neon.client import NeonClient
from neon.errors import NeonNotFound
from neon.kept import Copies, copies_among
from neon.models import Branch, Operation
from neon.ownership import require_deletable, require_owned
from neon.presence import require_project
from neon.settling import repeat_until_same


def require_removable(client: NeonClient, project_id: str, branch_id: str, mark: Mapping[str, str]) -> None:
    """Raises as ``remove_branch`` would, of the same branch, and deletes nothing. One that is gone is fine.

    One request, for each page of the project's branches.
    """
    try:
        branches = list(client.branches(project_id))
    except NeonNotFound:
        require_project(client, project_id)
        return
    for branch in (one for one in branches if one.id == branch_id):
        _require(branch, branches, mark)


def remove_branch(client: NeonClient, project_id: str, branch_id: str, mark: Mapping[str, str]) -> Copies:
    """Deletes an owned branch, its data with it and for good; returns the branches that keep what resets overwrote.

    One that is gone already is fine. Raises NeonRefused for a branch that is not owned, the default branch, a protected
    one, or one with children, and for a project that does not show.
    """
    stay = Copies()

    def act() -> list[Operation]:
        nonlocal stay
        try:
            branch = client.branch(project_id, branch_id)
            branches = list(client.branches(project_id))
            _require(branch, branches, mark)
            stay = copies_among(branch, branches)
            return client.delete_branch(project_id, branch_id)
        except NeonNotFound:  # already, or by somebody else since it was read
            require_project(client, project_id)
            return []

    with client.mutating(project_id):
        what = f"deleting the Neon branch {branch_id}"
        repeat_until_same(client, act, project_id=project_id, branch_id=branch_id, what=what)
    return stay


def _require(branch: Branch, branches: list[Branch], mark: Mapping[str, str]) -> None:
    require_owned(branch, mark)
    require_deletable(branch, children_among(branch, branches))
