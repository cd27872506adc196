"""What a person can change of an environment's branch in Neon's console, and what of it a refresh shows. A pure table.

What is set here in the settings is compared with what Neon has; what is left out of them is Neon's and the person's.
What changes by itself shows nowhere, or every preview would show something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """``shows`` are inputs and outputs of ours that are then others (``branch.name``), resources that are then gone
    (``connection``), or whose refresh fails and says why (``connection refused``); ``reason`` says what follows, or why
    nothing shows."""

    shows: tuple[str, ...] = ()
    reason: str


_STRINGS = ("connection.database_url", "connection.direct_url")
_BY_ITSELF = "changes by itself"

CONSOLE: Mapping[str, Sight] = {
    "the branch is renamed": Sight(shows=("branch.name",), reason="it gets its name back"),
    "the branch is protected": Sight(
        shows=("branch.protected",),
        reason="set as the settings say",
    ),
    "the branch is protected, and the settings say nothing of it": Sight(
        reason="it stays, and each preview says so: what is not declared is the person's"
    ),
    "the branch is given a time to live": Sight(
        shows=("branch.ttl",), reason="as the settings say; of an adopted branch it stays, and each preview says so"
    ),
    "the branch is restored from another": Sight(shows=("reset.last_reset_at",), reason="a build follows"),
    "the branch is deleted": Sight(
        shows=("branch", "connection", "reset", "password"),
        reason="its data is lost, and nothing makes it anew without recreate: true",
    ),
    "the branch is made the default": Sight(
        shows=("connection refused",), reason="only production, which adopts it, connects to the default branch"
    ),
    "a branch is made from it": Sight(reason="it blocks a deletion and a time to live, which name it"),
    "other masking rules are set": Sight(
        shows=("branch.masking", "branch.anonymization"),
        reason="replaced, and all rows masked again by the declared ones, whether or not the others were applied",
    ),
    "the data is masked by other rules, then set back": Sight(
        reason="Neon does not tell by which rules data was masked, only which there are"
    ),
    "an anonymization fails": Sight(
        shows=("branch.anonymization", "connection"), reason="it is done again; until then nothing connects"
    ),
    "the compute is resized": Sight(shows=("branch.compute",), reason="it gets its sizes back, and restarts"),
    "the compute's suspend time is set": Sight(shows=("branch.compute",), reason="it is set back"),
    "a size that the settings leave out is set": Sight(reason="what is not declared is the person's"),
    "the compute is disabled": Sight(shows=("branch.endpoint",), reason="it is enabled"),
    "the compute is deleted, or moved elsewhere": Sight(
        shows=("branch.endpoint", "connection"), reason="the branch gets one, with another host: parameters and a build"
    ),
    "the compute is another one": Sight(
        shows=("connection.endpoint_id", "connection.host", *_STRINGS), reason="parameters and a build follow"
    ),
    "the compute is renamed": Sight(reason="a name for people: nothing is found by it"),
    "the compute's PostgreSQL is configured": Sight(reason="what cannot be declared is the person's"),
    "a read replica is added": Sight(reason="what cannot be declared is the person's; strings lead to the other one"),
    "the role is given a new password": Sight(shows=_STRINGS, reason="parameters and a build follow"),
    "the role is dropped": Sight(shows=("connection", "password"), reason="the up says that it is gone"),
    "the database is dropped": Sight(shows=("connection",), reason="the up says that it is gone"),
    "another role is added": Sight(reason="what is not declared is the person's"),
    "rows are written": Sight(reason=f"the size {_BY_ITSELF}"),
    "the compute is suspended, or starts": Sight(reason=f"it {_BY_ITSELF}, as somebody connects or nobody does"),
    "the compute works": Sight(reason=f"what it has used, and when it last did, {_BY_ITSELF}"),
}
