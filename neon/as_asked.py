"""A branch that Neon reports as made or changed, held against what was asked for. Pure."""

from __future__ import annotations

from neon.changes import BranchSpec, branch_changes
from neon.errors import NeonNotAsAsked
from neon.models import Branch
from neon.ownership import carries, words


def require_mark(branch: Branch, spec: BranchSpec) -> None:
    """Raises NeonNotAsAsked for a new branch without the mark that it was made with."""
    if not carries(branch, spec.mark):
        raise NeonNotAsAsked(
            f"Neon has made the branch {branch.name!r} ({branch.id}) without its mark, {words(spec.mark)}, by which "
            "this stack would know it: delete it in Neon's console, as it has its source's data alone, and run up again"
        )


def require_fields(branch: Branch, spec: BranchSpec) -> None:
    """Raises NeonNotAsAsked where a name or a protection that was set does not show."""
    wrong = branch_changes(branch, spec)
    if wrong:
        still = ", ".join(f"{key} is to be {value!r}" for key, value in wrong.items())
        raise NeonNotAsAsked(
            f"Neon reports the change of the branch {branch.name!r} ({branch.id}) as done, and it is not: {still}. "
            "Look at it in Neon's console, and run the same command again"
        )
