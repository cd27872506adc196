"""Kinds of branches: what a branch was made as, which never changes, and what an unfinished one must not give away."""

from __future__ import annotations

from enum import StrEnum

from neon.client import NeonClient
from neon.errors import NeonNotAnonymized, NeonNotFound, NeonRefused
from neon.masking import Anonymization
from neon.models import Branch

SCHEMA_ONLY = "schema-only"
CONNECT = "connect-to-endpoints"  # what Neon restricts for as long as a branch holds data that is to be masked


class Kind(StrEnum):
    """As the settings name them."""

    COPY = "copy"
    SCHEMA_ONLY = "schema-only"
    ANONYMIZED = "anonymized"


_MEANING = {
    Kind.COPY: "a copy with all data of its source",
    Kind.SCHEMA_ONLY: "a copy of its source's schema",
    Kind.ANONYMIZED: "an anonymized copy",
}
ANEW = (
    "delete the branch in Neon's console, all that was written to it with it, and run up with recreate: true in the "
    "database settings; id, host and connection strings are then new ones"
)


def kind_of(client: NeonClient, branch: Branch) -> Kind:
    """What the branch was made as. Asks Neon only for one with restrictions, which all anonymized ones have."""
    if branch.init_source == SCHEMA_ONLY:
        return Kind.SCHEMA_ONLY
    masked = branch.restricted and anonymization_of(client, branch) is not None
    return Kind.ANONYMIZED if masked else Kind.COPY


def anonymization_of(client: NeonClient, branch: Branch) -> Anonymization | None:
    """None for a branch of another kind."""
    try:
        return client.anonymization(branch.project_id, branch.id)
    except NeonNotFound:
        return None


def require_kind(client: NeonClient, branch: Branch, wanted: Kind) -> None:
    """Raises NeonRefused for a branch that was made as something else: it cannot become what is wanted."""
    found = kind_of(client, branch)
    if found is not wanted:
        raise NeonRefused(
            f"the Neon branch {branch.name!r} ({branch.id}) is {_MEANING[found]}, and kind is {wanted.value}: a branch "
            f"stays what it was made as. Set kind back to {found.value}, or, for one that is {_MEANING[wanted]}, {ANEW}"
        )


def require_masked(client: NeonClient, branch: Branch, *, anonymized: bool) -> None:
    """Raises NeonNotAnonymized for a branch that holds what its source holds, though it is to be an anonymized one.

    ``anonymized`` says that it is; without that word Neon's own restriction tells.
    """
    if not anonymized and CONNECT not in branch.restricted:
        return
    found = anonymization_of(client, branch)
    reason = None if found is None else str(found)
    if found is not None and found.done and CONNECT not in branch.restricted:
        # Neon counts a branch without rules as anonymized, and lets everybody in.
        rules = client.masking_rules(branch.project_id, branch.id)
        reason = None if rules else "it has no masking rules"
    elif found is None:
        reason = branch.restricted.get(CONNECT) or "it is not an anonymized one"
    if reason is not None:
        raise NeonNotAnonymized(
            f"the Neon branch {branch.name!r} ({branch.id}) is not anonymized ({reason}): it holds the data of its "
            "source, so nothing connects to it. Run up again, which anonymizes it"
        )
