"""The branches that keep what resets overwrote, known by their names. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from neon.models import Branch

_NAME_LIMIT = 230  # of 256, with room for what is added
_KEPT = r"-kept-\d{8}T\d{6}Z"


def kept_name(branch: str, fresh_after: str) -> str:
    """The branch that keeps what a reset overwrote: it tells whose it is and for which reset it was made.

    The same for every attempt at one reset, so that there is one such branch at most, and another for each branch.
    """
    return f"{_short(branch)}-kept-{moment(fresh_after).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def kept_copies(branch: str, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that keep what resets of this branch overwrote, oldest first."""
    pattern = re.compile(re.escape(_short(branch)) + _KEPT)
    return sorted(name for name in names if pattern.fullmatch(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Names of branches that keep what resets overwrote, oldest first.

    ``own`` are those of a branch, ``former`` have names of which no branch is left: the one that it had before somebody
    renamed it, or that of a branch that is gone. Nothing in Neon tells which.
    """

    own: tuple[str, ...] = ()
    former: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.own or self.former)

    def __str__(self) -> str:
        under = "(under a name that no Neon branch has any more: a former one of this branch, or one that is gone)"
        return ", ".join((*self.own, *(f"{name} {under}" for name in self.former)))

    def stay(self) -> str:
        """What to say of them."""
        return f"what resets overwrote is kept as {self}, and costs money: delete in Neon's console what nobody needs"


def copies_among(branch: Branch, branches: Sequence[Branch]) -> Copies:
    """Those of a project's ``branches`` that keep what resets of ``branch`` overwrote, or may do so.

    By their names, and should Neon have given them the mark of what they were, by that.
    """
    kept = [one for one in branches if keeps_old_data(one.name) and one.id != branch.id]
    marked = [one.name for one in kept if one.mark and one.mark == branch.mark]
    own = {*kept_copies(branch.name, (one.name for one in kept)), *marked}
    there = {_short(one.name) for one in branches}
    nobodys = (one.name for one in kept if not one.mark and re.sub(_KEPT + "$", "", one.name) not in there)
    return Copies(own=tuple(sorted(own)), former=tuple(sorted(set(nobodys) - own)))


def keeps_old_data(name: str) -> bool:
    """Whether a branch of this name keeps what a reset of any branch overwrote."""
    return re.search(_KEPT + "$", name) is not None


def _short(branch: str) -> str:
    """The name, or what tells it from all others where that is too long to have something added."""
    if len(branch) <= _NAME_LIMIT:
        return branch
    return f"{branch[: _NAME_LIMIT - 9]}-{hashlib.sha256(branch.encode()).hexdigest()[:8]}"


def moment(text: str) -> datetime:
    """An RFC 3339 time. Raises ValueError for one without a zone, which would mean something else on each machine."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no time zone: end it with Z")
    return found
