"""What a reset and a new password need, and what they have done: when, and what was kept of what was overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from components.neon.credentials import MissingCredentials, credentials
from components.settings.models import DatabaseSettings
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What the stack knows of its data: the Neon branch by its id, and Neon's time of its last reset (empty: none)."""

    branch_id: str
    reset_at: str


def copied(pulumi: Pulumi) -> Copied:
    found = pulumi.json("stack", "output", "--json")
    return Copied(branch_id=found.get("neon_branch_id") or "", reset_at=found.get("last_reset_at") or "")


def password(pulumi: Pulumi) -> str | None:
    """That of the stack's connection strings, to be compared and never told; None before there are any."""
    url = pulumi.json("stack", "output", "--json", "--show-secrets").get("database_url")
    return None if url is None else urlsplit(str(url)).password


def not_due(why: str, wanted: str) -> OpsError:
    """What to raise where an up has found nothing to do for a time that this machine had taken for now."""
    return OpsError(
        f"{why} after {wanted}, which is now by this machine's clock. Set that right, and run the same command again"
    )


def require_source(pulumi: Pulumi) -> None:
    """Raises OpsError for an environment that has nothing to be reset from, as production has not."""
    if require_database(pulumi).source is None:
        raise _nothing(pulumi, "a database that is copied from no source", "reset")


def require_database(pulumi: Pulumi) -> DatabaseSettings:
    """Raises OpsError for an environment without one."""
    settings = read_settings(pulumi)
    database = settings.draft.database
    if "database" in settings.draft.wrong:
        raise settings.wrong()
    if database is None:
        raise _nothing(pulumi, "no database", "do")
    return database


def _nothing(pulumi: Pulumi, has: str, what: str) -> OpsError:
    return OpsError(f"{pulumi.stack} has {has}: there is nothing to {what}, and nothing was changed")
