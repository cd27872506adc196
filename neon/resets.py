"""Resetting a branch: its data is copied anew from a declared source, in place. Id, host and passwords stay.

A reset is declared as freshness: data must have been copied after a time. So it is right after a kill, a lost state, a
second run and a first one: it happens if and only if the data is older.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from neon.branches import children_of, find_branch, require_source
from neon.client import NeonClient
from neon.clock import let_pass
from neon.connections import Connection, ConnectionSpec, connect_strings
from neon.contents import require_contents
from neon.errors import NeonNoDatabase, NeonNotReset, NeonRefused
from neon.kept import Copies, copies_among, kept_name, moment
from neon.models import Branch, Operation
from neon.ownership import refuse_if, require_owned
from neon.settling import carry_out, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetSpec:
    """``source`` is the name of the branch to copy from, whatever Neon calls the parent; ``fresh_after`` RFC 3339.

    ``database`` and ``role`` name the connection that must work as before when the reset is done. ``keep`` keeps the
    old data as a branch of its own, which is done anyway where other branches were made from it.
    """

    project_id: str
    branch_id: str
    database: str
    role: str
    source: str
    fresh_after: str
    mark: Mapping[str, str]
    adopted: bool = False
    keep: bool = False


def copies_of(client: NeonClient, branch: Branch) -> Copies:
    """The branches that keep what resets of this one overwrote."""
    return copies_among(branch, list(client.branches(branch.project_id)))


def copied_at(branch: Branch) -> str:
    """When the branch's data was last copied from somewhere: at its creation or its last reset."""
    return max(branch.created_at, branch.last_reset_at or branch.created_at, key=moment)


def is_stale(branch: Branch, fresh_after: str) -> bool:
    """Whether the data was copied before ``fresh_after``, so that a reset is due."""
    return moment(copied_at(branch)) < moment(fresh_after)


def ensure_fresh(client: NeonClient, spec: ResetSpec) -> Branch:
    """The branch with data that is fresh enough: as it is, or reset, waited for and verified.

    Raises NeonRefused when the branch must not be reset, NeonNotReset when Neon says done and it is not.
    """
    with client.mutating(spec.project_id):
        settle(client, client.branch(spec.project_id, spec.branch_id))
        branch = client.branch(spec.project_id, spec.branch_id)
        if not is_stale(branch, spec.fresh_after):
            if not branch.default:
                _strings(client, spec)  # an earlier run may have ended before it had verified them
            return branch
        require_owned(branch, spec.mark, adopted=spec.adopted)
        source = require_source(client, spec.project_id, spec.source)
        require_resettable(branch, source)
        require_contents(client, source, database=spec.database, role=spec.role)
        let_pass(client, spec.fresh_after, what="fresh_after")
        return _reset(client, spec, branch, source)


def require_resettable(branch: Branch, source: Branch) -> None:
    """Raises NeonRefused with the reason why this branch's data must not be overwritten."""
    reasons = (
        (branch.default, "it is the project's default branch"),
        (branch.parent_id is None, "it is a root branch"),
        (
            branch.protected,
            "it is protected: with protected: false in the database settings, up lifts that before it resets",
        ),
        (branch.id == source.id, "it is its own source"),
        (
            source.state == "archived",
            f"its source {source.name!r} is archived: connect to it once, which brings it back, and run again",
        ),
        (
            source.state not in ("ready", "archived"),
            f"its source {source.name!r} is {source.state}, not ready: run again later",
        ),
        (bool(branch.restricted.get("restore")), f"Neon does not allow it: {branch.restricted.get('restore')}"),
    )
    refuse_if(branch, "is not reset", *reasons)


def _reset(client: NeonClient, spec: ResetSpec, branch: Branch, source: Branch) -> Branch:
    strings = _strings_before(client, spec)

    def restore(overtaken: Callable[[], bool]) -> list[Operation]:
        keep_as = _keep_as(client, spec, branch)
        if keep_as is not None and find_branch(client, spec.project_id, keep_as) is not None:
            # Of a reply that was lost Neon may have made more since than the first look has shown.
            settle(client, branch)
            require_unkept(client, read(), spec.fresh_after)
            return []
        return client.restore_branch(
            spec.project_id, branch.id, source_branch_id=source.id, keep_as=keep_as, overtaken=overtaken
        )

    def read() -> Branch:
        return client.branch(spec.project_id, branch.id)

    carry_out(
        client,
        branch,
        restore,
        applied=lambda: read().last_reset_at != branch.last_reset_at,
        what=f"resetting the Neon branch {branch.name!r} from {source.name!r}",
    )
    after = read()
    _verify(spec, before=branch, after=after, same_strings=strings in (None, _strings(client, spec)))
    return after


def _keep_as(client: NeonClient, spec: ResetSpec, branch: Branch) -> str | None:
    """The name to keep the old data under; None when nobody needs it."""
    return kept_name(branch.name, spec.fresh_after) if spec.keep or children_of(client, branch) else None


def require_unkept(client: NeonClient, branch: Branch, fresh_after: str) -> None:
    """Raises NeonRefused when what a reset that is due would overwrite cannot be kept under its name.

    A branch of that name is no proof that it keeps the data: nothing in Neon tells what was written since it was made.
    """
    if not is_stale(branch, fresh_after):
        return
    found = find_branch(client, branch.project_id, kept_name(branch.name, fresh_after))
    if found is not None:
        raise NeonRefused(
            f"the Neon branch {branch.name!r} ({branch.id}) is not reset: its data is to be kept as {found.name!r}, "
            f"and there is such a branch ({found.id}, of {found.created_at}), which may lack what was written to "
            f"{branch.name!r} since. Delete or rename {found.name!r}, or set a later fresh_after, so that the data is "
            "kept under another name"
        )


def _verify(spec: ResetSpec, *, before: Branch, after: Branch, same_strings: bool) -> None:
    """Neon promises that id, host and passwords stay: connection strings that are handed out depend on it.

    Should they not, a refresh shows those that are, and the next up hands them out.
    """
    faults = (
        (after.last_reset_at == before.last_reset_at, f"its data is still of {copied_at(after)}"),
        (
            is_stale(after, spec.fresh_after),
            f"by Neon's clock it was at {copied_at(after)}, before {spec.fresh_after}: is this machine's clock ahead?",
        ),
        (after.state != "ready", f"its state is {after.state}, not ready"),
        (not same_strings, "its host or password changed"),
    )
    wrong = "; ".join(text for holds, text in faults if holds)
    if wrong:
        raise NeonNotReset(
            f"Neon reports the reset of {after.name!r} ({after.id}) as done, but {wrong}: look at the branch in Neon's "
            "console, then run the same command again"
        )


def _strings_before(client: NeonClient, spec: ResetSpec) -> Connection | None:
    """None where the database or the role is gone, which may come back with the source's data."""
    try:
        return _strings(client, spec)
    except NeonNoDatabase:
        return None


def _strings(client: NeonClient, spec: ResetSpec) -> Connection:
    where = ConnectionSpec(project_id=spec.project_id, branch_id=spec.branch_id, database=spec.database, role=spec.role)
    return connect_strings(client, where)
