"""What a reset needs, and what it has done: when it was, and what it kept of the data that it overwrote."""

from __future__ import annotations

from components.neon.credentials import MissingCredentials, credentials
from neon.branches import find_branch
from neon.client import NeonClient
from neon.errors import NeonError
from neon.kept import kept_name
from ops.pulumi import OpsError, Pulumi
from ops.target import read_settings


def kept_copy(pulumi: Pulumi, fresh_after: str) -> str | None:
    """The branch that keeps what the reset of this freshness overwrote, if there is one and Neon can be asked."""
    settings = read_settings(pulumi)
    database, project_id = settings.draft.database, pulumi.json("stack", "output", "--json").get("neon_project_id")
    if database is None or project_id is None:
        return None
    name = kept_name(database.branch, fresh_after)
    try:
        return name if find_branch(NeonClient(credentials(settings.config.get)), project_id, name) else None
    except (NeonError, MissingCredentials):
        return None


def last_reset(pulumi: Pulumi) -> str:
    """Neon's time of the last reset that the stack knows of, empty for none."""
    return str(pulumi.json("stack", "output", "--json").get("last_reset_at") or "")


def require_source(pulumi: Pulumi) -> None:
    """Raises OpsError for an environment that has nothing to be reset from, as production has not."""
    database = read_settings(pulumi).draft.database
    if database is None or database.source is None:
        has = "no database" if database is None else "a database that is copied from no source"
        raise OpsError(f"{pulumi.stack} has {has}: there is nothing to reset, and nothing was changed")
