"""Names of the branches that keep what resets overwrote. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

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
