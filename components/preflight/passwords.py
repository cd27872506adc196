"""The password of an environment's role: what else it opens, and what a new one that is due will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components.preflight.findings import PasswordFindings
from components.preflight.refused import refusals
from components.settings.models import DatabaseSettings
from hosting.moments import now
from neon.client import NeonClient
from neon.clock import require_come, time_there
from neon.errors import NeonNotFound
from neon.models import Branch
from neon.passwords import is_due, latest, lenders_of, read_password, sharing

_CUT_OFF = (
    "when it is set, connections are dropped and whoever holds the old one is cut off; the parameters get the new "
    "strings, and a build follows: until that is live, what runs now cannot connect"
)


def check_password(
    database: DatabaseSettings, client: NeonClient, branch: Branch | None, source: Branch | None, path: str
) -> PasswordFindings:
    """Findings for the settings' role on ``branch``, or on one that is yet to be made from ``source``.

    ``path`` names the database settings.
    """
    found = of_a_new_branch(database, source) if branch is None else _of_a_branch(database, client, branch, source)
    wanted = found.wanted
    if found.renews is None or wanted is None:
        return found
    early = refusals(lambda: require_come(client, wanted, what="password_after"), f"{path}.password_after")
    return replace(found, problems=tuple(early))


def _of_a_branch(
    database: DatabaseSettings, client: NeonClient, branch: Branch, source: Branch | None
) -> PasswordFindings:
    lenders = lenders_of(client, branch, source)
    if database.password_after is None:
        shared = sharing(client, branch, database.role, lenders) if lenders else ()
        return PasswordFindings(shares=_shares(database, branch, shared) if shared else None)
    try:
        password = read_password(client, branch, database.role, lenders)
    except NeonNotFound:
        return PasswordFindings(wanted=database.password_after)  # the role may come with a reset
    if not is_due(password, database.password_after):
        return PasswordFindings(wanted=database.password_after)
    why = f"has the password that it has on {_names(password.shared)} too" if password.shared else "has an older one"
    # What another branch has too is as old as can be, though the state may know of a newer one.
    at_least = (time_there(client) or now()) if password.shared else None
    return PasswordFindings(wanted=latest(database.password_after, at_least), renews=_renews(database, branch, why))


def of_a_new_branch(database: DatabaseSettings, source: Branch | None) -> PasswordFindings:
    """A branch of an unprotected one begins with that one's passwords, others with passwords of their own."""
    if source is None or source.protected:
        return PasswordFindings(wanted=database.password_after)
    given = f"the new Neon branch {database.branch!r} gets the passwords of {source.name!r}, which is not protected"
    if database.password_after is not None:
        text = f"{given}; {database.role} is then given another one, before anything connects"
        return PasswordFindings(wanted=database.password_after, renews=text)
    return PasswordFindings(shares=f"{given}: {_opens((source,))}. {_remedy((source,))}")


def _shares(database: DatabaseSettings, branch: Branch, shared: Sequence[Branch]) -> str:
    whose = f"{database.role} has the same password on the Neon branches {branch.name!r} and {_names(shared)}"
    return f"{whose}: {_opens(shared)}. {_remedy(shared)}"


def _opens(shared: Sequence[Branch]) -> str:
    """What this environment's password opens besides its own branch."""
    opened = [f"production ({one.name!r})" if one.default else repr(one.name) for one in shared]
    return f"this environment's connection strings open {' and '.join(opened)} with the same password"


def _remedy(shared: Sequence[Branch]) -> str:
    bare = [one.name for one in shared if not one.protected]
    protect = f", and protect {' and '.join(map(repr, bare))}, so that new branches get passwords of their own"
    return f"For another one set password_after: {now()} in the database settings{protect if bare else ''}"


def _renews(database: DatabaseSettings, branch: Branch, why: str) -> str:
    where = (
        f"the Neon branch {branch.name!r} ({branch.id}{', the default branch: production' if branch.default else ''})"
    )
    return f"{database.role} gets a new password on {where}, for it {why}: {_CUT_OFF}"


def _names(branches: Sequence[Branch]) -> str:
    return " and ".join(repr(branch.name) for branch in branches)
