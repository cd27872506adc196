"""What a reset and a new password need, and what they have done: when, and what was kept of what was overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from components.naming import Identity
from components.neon.credentials import MissingCredentials
from components.settings.models import DatabaseSettings
from neon.branches import find_branch, find_own
from neon.client import NeonClient
from neon.errors import NeonError
from neon.kept import kept_name
from neon.models import Branch
from neon.passwords import digest_of, read_password
from neon.presence import projects_named
from ops.pulumi import OpsError, Pulumi
from ops.target import read_settings

_IDS = ("neon_project_id", "neon_branch_id")


def kept_copy(pulumi: Pulumi, fresh_after: str) -> str | None:
    """The branch that keeps what the reset of this freshness overwrote, if there is one and Neon can be asked."""
    found = _in_neon(pulumi, pulumi.json("stack", "output", "--json"))
    if found is None:
        return None
    name = kept_name(found.database.branch, fresh_after)
    try:
        return name if find_branch(found.client, found.branch.project_id, name) else None
    except NeonError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _InNeon:
    """The stack's Neon branch as it is now."""

    client: NeonClient
    database: DatabaseSettings
    branch: Branch


def _in_neon(pulumi: Pulumi, outputs: Mapping[str, Any]) -> _InNeon | None:
    """None before there is one, and where Neon cannot be asked."""
    settings = read_settings(pulumi)
    database = settings.draft.database
    if database is None:
        return None
    try:
        client = settings.neon()
        branch = _branch(client, database, settings.identity, outputs)
    except (NeonError, MissingCredentials):
        return None
    return None if branch is None else _InNeon(client=client, database=database, branch=branch)


def _branch(
    client: NeonClient, database: DatabaseSettings, identity: Identity, outputs: Mapping[str, Any]
) -> Branch | None:
    """By its id or, while no up has ended, as the next one will find it."""
    project_id, branch_id = (outputs.get(key) for key in _IDS)
    if project_id is not None and branch_id is not None:
        return client.branch(project_id, branch_id)
    projects = projects_named(client, database.project)
    if len(projects) != 1:
        return None
    mark = identity.mark(identity.name("database"))
    return find_own(client, projects[0].id, database.branch, mark, adopted=database.adopt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What is known of the stack's data: the Neon branch by its id, and Neon's time of its last reset (empty: none)."""

    branch_id: str
    reset_at: str


def copied(pulumi: Pulumi) -> Copied:
    """As Neon has it, since somebody may have reset it in the console; as of the last up where Neon cannot be asked."""
    outputs = pulumi.json("stack", "output", "--json")
    found = _in_neon(pulumi, outputs)
    if found is not None:
        return Copied(branch_id=found.branch.id, reset_at=found.branch.last_reset_at or "")
    return Copied(branch_id=outputs.get("neon_branch_id") or "", reset_at=outputs.get("last_reset_at") or "")


def password(pulumi: Pulumi) -> str | None:
    """A digest of the role's password, as of `copied`; None before there is one."""
    outputs = pulumi.json("stack", "output", "--json", "--show-secrets")
    found = _in_neon(pulumi, outputs)
    try:
        known = None if found is None else read_password(found.client, found.branch, found.database.role).digest
    except NeonError:
        known = None
    url = outputs.get("database_url")
    return known or (None if url is None else digest_of(unquote(urlsplit(str(url)).password or "")))


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
