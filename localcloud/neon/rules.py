"""What may not be done to a branch, and why. Decisions only."""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.neon import errors, masking
from localcloud.neon.records import Branch
from localcloud.neon.store import Store


def check_name_is_free(store: Store, project_id: str, name: str) -> None:
    if any(branch.name == name for branch in store.branches_of(project_id)):
        raise errors.conflict(f'branch already exists; branch_name:"{name}"')


def check_quota(store: Store, project_id: str, *, protected: bool, root: bool) -> None:
    """Raise 422 when one more branch is more than the settings allow."""
    branches, limits = store.branches_of(project_id), store.settings
    if limits.branches_limit is not None and len(branches) >= limits.branches_limit:
        raise errors.refused(
            f"branches limit exceeded: {limits.branches_limit} branches", code="BRANCHES_LIMIT_EXCEEDED"
        )
    roots = sum(branch.parent_id is None for branch in branches)
    if root and limits.root_branches_limit is not None and roots >= limits.root_branches_limit:
        raise errors.refused(
            f"root branches limit exceeded: {limits.root_branches_limit} root branches",
            code="ROOT_BRANCHES_LIMIT_EXCEEDED",
        )
    if protected:
        check_protected_quota(store, project_id)


def check_protected_quota(store: Store, project_id: str) -> None:
    most = store.settings.protected_branches_limit
    if most is not None and sum(branch.protected for branch in store.branches_of(project_id)) >= most:
        raise errors.refused(
            "You have reached the maximum number of protected branches for your current plan",
            code="BRANCHES_PROTECTED_LIMIT_EXCEEDED",
        )


def refuse_protection(store: Store, branch: Branch) -> None:
    check_protected_quota(store, branch.project_id)
    if branch.expires_at is not None:
        raise errors.bad_request("a branch that expires cannot be protected: remove its expires_at first")


def refuse_deletion(branch: Branch, branches: Iterable[Branch]) -> None:
    """Raise 422 for a branch that Neon keeps."""
    if branch.protected:
        raise errors.refused("cannot delete a protected branch: unprotect it first")
    if branch.default:
        raise errors.refused("cannot delete the default branch")
    if branch.parent_id is None and branch.init_source != "schema-only":
        raise errors.refused("cannot delete a root branch")
    children = sorted(child.name for child in branches if child.parent_id == branch.id)
    if children:
        raise errors.refused(f"cannot delete a branch that has child branches: {', '.join(children[:10])}")


def refuse_restricted(branch: Branch, action: str) -> None:
    for restricted in (*branch.restricted_actions, *masking.lasting_restrictions(branch)):
        if restricted.name == action:
            raise errors.refused(f"{action} is restricted for this branch: {restricted.reason}")
