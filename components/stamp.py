"""The stamp: what a build was started for, as a hash. Pure, and the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """All that makes a new build necessary, what forces one among the variables. Parameters count by version: no
    secret goes into a hash.

    ``last_reset_at`` is when the database's data was last copied anew (empty for never). ``made`` is when the Amplify
    branch was made: one that was deleted and made anew has no site yet.
    """

    variables: Mapping[str, str]
    versions: Mapping[str, int]
    last_reset_at: str
    made: str


def stamp(what: Stamped) -> str:
    """Thirty-two hexadecimal digits."""
    return hashlib.sha256(json.dumps(asdict(what), sort_keys=True).encode()).hexdigest()[:32]
