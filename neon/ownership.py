"""Whose a branch is, and what must not be done to it: decisions without I/O, each refusal with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping

from neon.errors import NeonRefused
from neon.models import Branch

_DEFAULT = "it is the project's default branch"
_NOBODYS = (
    "Choose another name, or delete it in Neon, or take it over as it is by setting adopt: true in the database "
    "settings (destroy then leaves it in place)"
)
_ANOTHERS = (
    "It is not adopted, for Neon keeps a mark for good: choose another name, with this one as its source where its "
    "data is wanted, or delete it in Neon"
)


def carries(branch: Branch, mark: Mapping[str, str]) -> bool:
    """Whether the branch has exactly this mark: then it is ours, whatever it is called by now."""
    return dict(branch.mark) == dict(mark)


def require_owned(branch: Branch, mark: Mapping[str, str], *, adopted: bool = False) -> None:
    """Raises NeonRefused unless ``branch`` carries exactly this mark, or is adopted and nobody else's."""
    marked_by_another = any(branch.mark.get(key, value) != value for key, value in mark.items())
    if carries(branch, mark) or (adopted and not marked_by_another):
        return
    whose = f"carries another mark, {words(branch.mark)}" if branch.mark else "carries no mark of this program"
    raise NeonRefused(
        f"the Neon branch {branch.name!r} ({branch.id}) exists and {whose}; this stack's would be {words(mark)}. "
        f"{_ANOTHERS if marked_by_another else _NOBODYS}"
    )


def require_deletable(branch: Branch, children: list[str]) -> None:
    """Raises NeonRefused with what has to be done before the branch can be deleted."""
    protected = "it is protected in Neon: set protected: false in the database settings and run up first"
    refuse_if(
        branch,
        "is not deleted",
        (branch.default, _DEFAULT),
        (branch.protected, protected),
        (bool(children), _in_the_way(children)),
    )


def require_expirable(branch: Branch, children: list[str]) -> None:
    """Raises NeonRefused with the reason why Neon gives the branch no time to live."""
    instead = f"{_in_the_way(children)}, or take ttl out"
    protected = "it is protected: set protected: false in the database settings, or take ttl out"
    reasons = ((branch.default, _DEFAULT), (branch.protected, protected), (bool(children), instead))
    refuse_if(branch, "gets no time to live", *reasons)


def _in_the_way(children: list[str]) -> str:
    return f"other branches were made from it: delete {', '.join(children)} first"


def refuse_if(branch: Branch, what: str, *reasons: tuple[bool, str]) -> None:
    """Raises NeonRefused with the first of ``reasons`` that holds."""
    for holds, reason in reasons:
        if holds:
            raise NeonRefused(f"the Neon branch {branch.name!r} ({branch.id}) {what}: {reason}")


def words(mark: Mapping[str, str]) -> str:
    return "/".join(mark[key] for key in sorted(mark)) or "empty"
