"""Passwords of a branch's role: how old, whose else, and a new one. They are compared as digests and kept nowhere.

Age is declared, as that of data is: the password must have been set on this branch after a time. A branch that was made
from an unprotected one has that one's passwords, and so opens it: a password that another branch has too is due for a
new one, whatever Neon says of its age.

What Neon's documents leave open: whether a role's ``updated_at`` moves with other things than its password, a restore
for one (a password may then pass for newer than it is, but never one that another branch has too), or does not move
with the password (only the state then knows its age, and a lost state means one rotation more); whether a role that
was copied has its parent's time, or the copy's; whether a restore from an unprotected branch brings that one's password
back (the reset then fails, and the next up sets a new password); whether a protected branch takes a new password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from neon.branches import find_branch
from neon.client import NeonClient
from neon.clock import let_pass
from neon.errors import NeonHTTPError, NeonNoDatabase, NeonNotFound, NeonNotRotated, NeonRefused
from neon.kept import moment
from neon.models import Branch
from neon.ownership import require_owned
from neon.settling import carry_out, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSpec:
    """The role's password must have been set on this branch at ``password_after`` (RFC 3339) or later.

    ``source`` names the branch that this one was copied from.
    """

    project_id: str
    branch_id: str
    role: str
    password_after: str
    mark: Mapping[str, str]
    source: str | None = None
    adopted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """What is known of a role's password. ``set_at`` is Neon's time, None for one that came with the branch's data.

    ``digest`` is None where Neon stores no passwords. ``shared`` are branches that have the same one.
    """

    set_at: str | None
    digest: str | None = field(repr=False)
    shared: tuple[Branch, ...] = ()


def lenders_of(client: NeonClient, branch: Branch, source: Branch | None) -> list[Branch]:
    """The branches whose passwords ``branch`` may have, and must not: its source and the project's default branch."""
    if branch.default:
        return []
    default = source if source is not None and source.default else _default_branch(client, branch.project_id)
    found = {one.id: one for one in (default, source) if one is not None and one.id != branch.id}
    return list(found.values())


def sharing(client: NeonClient, branch: Branch, role: str, lenders: Iterable[Branch]) -> tuple[Branch, ...]:
    """Those of ``lenders`` on which the role has the same password; none where Neon does not tell passwords."""
    return _sharing(client, _digest(client, branch, role), role, lenders)


def read_password(client: NeonClient, branch: Branch, role: str, lenders: Iterable[Branch] = ()) -> Password:
    """What is known of the password, compared with those of ``lenders``. Raises NeonNotFound without such a role."""
    updated_at, digest = client.role(branch.project_id, branch.id, role).updated_at, _digest(client, branch, role)
    copied = moment(updated_at) < moment(branch.created_at)
    shared = _sharing(client, digest, role, lenders)
    return Password(set_at=None if copied else updated_at, digest=digest, shared=shared)


def is_due(password: Password, password_after: str, recorded: str | None = None) -> bool:
    """Whether a new password is due. ``recorded`` is when it was set, as far as the caller knows."""
    known = latest(password.set_at, recorded)
    return bool(password.shared) or known is None or moment(known) < moment(password_after)


def latest(*times: str | None) -> str | None:
    """The latest of those RFC 3339 times that are known."""
    return max((one for one in times if one), key=moment, default=None)


def ensure_password(client: NeonClient, spec: PasswordSpec, recorded: str | None = None) -> str:
    """When the password was set, as far as is known: as it is or, where that is due, anew, waited for and verified.

    Raises NeonRefused when no new one must be set, NeonNoDatabase where the branch lacks the role, NeonNotRotated when
    Neon says that a new one is set and it is not.
    """
    with client.mutating(spec.project_id):
        branch = settle(client, client.branch(spec.project_id, spec.branch_id))
        source = None if spec.source is None else find_branch(client, spec.project_id, spec.source)
        found = _found(client, branch, spec.role, lenders_of(client, branch, source))
        if not is_due(found, spec.password_after, recorded):
            return latest(found.set_at, recorded) or spec.password_after
        require_owned(branch, spec.mark, adopted=spec.adopted)
        let_pass(client, spec.password_after, what="password_after")
        return _rotate(client, spec, branch, found)


def _found(client: NeonClient, branch: Branch, role: str, lenders: Iterable[Branch]) -> Password:
    try:
        return read_password(client, branch, role, lenders)
    except NeonNotFound as error:
        raise NeonNoDatabase(
            f"the Neon branch {branch.name!r} ({branch.id}) has no role {role!r} to have a password: make it in Neon's "
            "console, correct role in the database settings, or reset the branch from one with that role"
        ).because_of(error) from None


def _rotate(client: NeonClient, spec: PasswordSpec, branch: Branch, before: Password) -> str:
    whose = f"{spec.role!r} on the Neon branch {branch.name!r} ({branch.id})"
    if before.digest is None:
        raise NeonRefused(
            f"no new password is set for {whose}: the Neon project stores no passwords, so it could not be read back. "
            "Have the project store them (its settings in Neon's console)"
        )
    carry_out(
        client,
        branch,
        lambda overtaken: client.reset_password(branch.project_id, branch.id, spec.role, overtaken=overtaken),
        applied=lambda: _changed(before, read_password(client, branch, spec.role)),
        what=f"setting a new password for {whose}",
    )
    after = read_password(client, branch, spec.role)
    if after.digest == before.digest:
        raise NeonNotRotated(
            f"Neon reports a new password for {whose} as set, but it has the old one: look at the branch in Neon's "
            "console, then ask for another one with a later password_after"
        )
    # Should Neon not move the role's time with its password, it is as new as it was asked to be all the same.
    return latest(after.set_at, spec.password_after) or spec.password_after


def _changed(before: Password, after: Password) -> bool:
    return (after.digest, after.set_at) != (before.digest, before.set_at)


def _sharing(client: NeonClient, digest: str | None, role: str, lenders: Iterable[Branch]) -> tuple[Branch, ...]:
    return () if digest is None else tuple(one for one in lenders if _digest(client, one, role) == digest)


def _digest(client: NeonClient, branch: Branch, role: str) -> str | None:
    """That of the password; None where there is no such role, or the project stores no passwords."""
    try:
        password = client.reveal_password(branch.project_id, branch.id, role)
    except NeonNotFound:
        return None
    except NeonHTTPError as error:
        if error.status == HTTPStatus.PRECONDITION_FAILED:
            return None
        raise
    return digest_of(password)


def digest_of(password: str) -> str:
    """SHA-256 in hexadecimal digits: to be compared, and good for nothing else."""
    return hashlib.sha256(password.encode()).hexdigest()


def _default_branch(client: NeonClient, project_id: str) -> Branch | None:
    """Almost always the project's first, so it is looked for from the oldest on."""
    return next((one for one in client.branches(project_id, oldest_first=True) if one.default), None)
