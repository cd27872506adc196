"""A branch as it should be: found or made, brought into the declared shape. Whose it is comes first.

A branch is owned when its mark says so; Neon takes a mark at creation only. So a name alone never makes a branch ours:
a branch of that name with another mark, or none, is refused, and adoption is an explicit word of the caller.

Every mutation here is read, compared, sent, and read again when its outcome is open. Names are unique in a project, so
a second POST after an unseen success is answered 409 and found, never a second branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from neon.anonymizing import ensure_anonymized, wait_until_anonymized
from neon.as_asked import require_fields, require_mark
from neon.changes import BranchSpec, branch_changes, endpoint_changes, expiry, ttl_changes
from neon.client import NeonClient
from neon.clock import now_there
from neon.errors import NeonAnonymizationFailed, NeonConflict, NeonRefused, NeonRequestError
from neon.kept import keeps_old_data
from neon.kinds import SCHEMA_ONLY, Kind, require_kind, require_masked
from neon.models import Branch, Endpoint, Operation
from neon.operations import wait_for
from neon.ownership import carries, require_owned, words
from neon.resending import Resending, is_open
from neon.settling import Rest, repeat_until_same, settle


def find_branch(client: NeonClient, project_id: str, name: str) -> Branch | None:
    """The branch of exactly this name. Neon's own search also matches parts of names, and ids."""
    return next((branch for branch in client.branches(project_id, search=name) if branch.name == name), None)


def find_marked(client: NeonClient, project_id: str, mark: Mapping[str, str]) -> Branch | None:
    """The branch that carries exactly this mark, whatever it is called by now.

    One that keeps what a reset overwrote is none, should Neon have copied the mark to it. Raises NeonRefused for two.
    """
    marked = [branch for branch in client.branches(project_id) if carries(branch, mark)]
    found = [branch for branch in marked if not keeps_old_data(branch.name)]
    if len(found) > 1:
        names = ", ".join(f"{branch.name!r} ({branch.id})" for branch in found)
        raise NeonRefused(f"{names} carry the same mark, {words(mark)}: rename the right one to what the settings say")
    return found[0] if found else None


def find_own(
    client: NeonClient, project_id: str, name: str, mark: Mapping[str, str], *, adopted: bool = False
) -> Branch | None:
    """The branch by its name or, when somebody renamed it and it is not an adopted one, by its mark."""
    named = find_branch(client, project_id, name)
    return named if named or adopted else find_marked(client, project_id, mark)


def children_of(client: NeonClient, branch: Branch) -> list[str]:
    """Names of the branches that were made from ``branch``."""
    return children_among(branch, client.branches(branch.project_id))


def children_among(branch: Branch, branches: Iterable[Branch]) -> list[str]:
    """As ``children_of``, where a project's ``branches`` are known."""
    return sorted(one.name for one in branches if one.parent_id == branch.id)


def require_source(client: NeonClient, project_id: str, name: str) -> Branch:
    """The branch that data is to be copied from.

    Raises NeonRefused when there is none of that name, or it holds data that has yet to be masked.
    """
    source = find_branch(client, project_id, name)
    if source is None:
        raise NeonRefused(f"the source {name!r} is no branch of the Neon project {project_id}: correct it")
    require_masked(client, source, anonymized=False)
    return source


def ensure_branch(client: NeonClient, spec: BranchSpec) -> Branch:
    """The branch that ``spec`` describes: found, adopted or created, with an endpoint, all operations ended.

    Right after a kill at any moment of an earlier call: what that call left is found by name or mark and finished.
    Raises NeonRefused for a branch that is not ours or of another kind, or an adoption that finds nothing.
    """
    with client.mutating(spec.project_id):
        found = find_own(client, spec.project_id, spec.name, spec.mark, adopted=spec.adopt)
        branch = _adoptable(found, spec) if spec.adopt else found or _create(client, spec)
        require_owned(branch, spec.mark, adopted=spec.adopt)
        settle(client, branch)
        if not spec.adopt:
            require_kind(client, branch, spec.kind)
        if found is None and spec.kind is Kind.ANONYMIZED:
            wait_until_anonymized(client, branch)
        shaped = shape_branch(client, spec, branch.id, masked=found is None)
        if found is None:
            require_mark(shaped, spec)
        return shaped


def shape_branch(client: NeonClient, spec: BranchSpec, branch_id: str, *, masked: bool = False) -> Branch:
    """Brings name, protection, endpoint and compute of an existing branch to what ``spec`` says, in place.

    An anonymized one is anonymized again unless its rules are these and it is known to be ``masked`` by them. Raises
    NeonRefused for an adopted one with another name: it keeps that by which others know it.
    """
    with client.mutating(spec.project_id):
        if spec.adopt:
            _require_name(client.branch(spec.project_id, branch_id), spec.name)
        _shape_endpoint(client, spec, branch_id)
        _shape_fields(client, spec, branch_id)
        branch = client.branch(spec.project_id, branch_id)
        require_fields(branch, spec)
        if spec.kind is not Kind.ANONYMIZED:
            return branch
        ensure_anonymized(client, branch, spec.masking, trusted=masked)
        return client.branch(spec.project_id, branch_id)


def _require_name(branch: Branch, name: str) -> None:
    if branch.name != name:
        raise NeonRefused(
            f"this stack has adopted the Neon branch {branch.name!r} ({branch.id}), which keeps its name, and the "
            f"database settings name {name!r}: correct that. Where another branch is to be adopted though this one is "
            "still there, have the state forget this one, which changes nothing in Neon (pulumi state delete "
            "--target-dependents URN, with the URN of this resource that pulumi stack --show-urns shows), and run up "
            "with recreate: true"
        )


def read_write_endpoint(client: NeonClient, project_id: str, branch_id: str) -> Endpoint | None:
    """The branch's own read-write endpoint; a branch has one at most."""
    found = (e for e in client.endpoints(project_id, branch_id) if e.type == "read_write" and e.branch_id == branch_id)
    return next(found, None)


def _adoptable(branch: Branch | None, spec: BranchSpec) -> Branch:
    if branch is None:
        raise NeonRefused(
            f"there is no branch {spec.name!r} in the Neon project {spec.project_id} to adopt: correct the name, or "
            "leave adopt out to have the branch created"
        )
    return branch


def _create(client: NeonClient, spec: BranchSpec) -> Branch:
    fields = _creation_fields(client, spec)
    masking = spec.masking if spec.kind is Kind.ANONYMIZED else None
    what = f"creating the Neon branch {spec.name!r}"
    rest, resending = Rest(client, spec.project_id, what=what), Resending(client, what=what)
    while True:
        try:
            branch, operations = client.create_branch(
                spec.project_id, branch=fields, compute=spec.compute, mark=spec.mark, masking=masking
            )
        except NeonRequestError as error:
            if masking and not is_open(error):
                _refuse_left(client, spec, error)
            resending.note(error)
            found = resending.look(lambda: _settled(client, spec, rest))
            if found is not None:
                return found
            if not error.maybe_applied:
                raise
            resending.pause(error)
        else:
            wait_for(client, operations, what=what)
            return branch


def _settled(client: NeonClient, spec: BranchSpec, rest: Rest) -> Branch | None:
    """What a creation whose outcome is open has made, when all that it began has ended."""
    found = find_branch(client, spec.project_id, spec.name)
    if found is not None:
        rest.wait(found.id)
    return found


def _creation_fields(client: NeonClient, spec: BranchSpec) -> dict[str, Any]:
    source_id = _source_id(client, spec)
    return {
        "name": spec.name,
        "parent_id": source_id,
        **({"init_source": SCHEMA_ONLY} if spec.kind is Kind.SCHEMA_ONLY else {}),
        **({"protected": True} if spec.protected else {}),
        **({"expires_at": expiry(spec.ttl, now_there(client))} if spec.ttl is not None else {}),
    }


def _refuse_left(client: NeonClient, spec: BranchSpec, error: NeonRequestError) -> None:
    """Neon looks at the rules only when it has made the branch, and leaves it when it refuses them."""
    left = find_branch(client, spec.project_id, spec.name)
    if left is not None:
        raise NeonAnonymizationFailed(
            f"{error}. Neon has made the branch {left.name!r} ({left.id}) all the same, with the data of its source, "
            "and nothing connects to it: correct the masking rules in the database settings and run up again, which "
            "goes on with that branch"
        ).because_of(error) from None


def _source_id(client: NeonClient, spec: BranchSpec) -> str:
    if spec.source is None:
        raise NeonRefused(
            f"the Neon branch {spec.name!r} does not exist and has no source to be copied from: set source"
        )
    return require_source(client, spec.project_id, spec.source).id


def _shape_endpoint(client: NeonClient, spec: BranchSpec, branch_id: str) -> None:
    def act() -> list[Operation]:
        endpoint = read_write_endpoint(client, spec.project_id, branch_id)
        if endpoint is None:
            return client.create_endpoint(spec.project_id, branch_id, spec.compute)
        changes = endpoint_changes(endpoint, spec.compute)
        return client.update_endpoint(spec.project_id, endpoint.id, changes) if changes else []

    what = f"changing the compute of the Neon branch {spec.name!r}"
    repeat_until_same(client, act, project_id=spec.project_id, branch_id=branch_id, what=what)


def _shape_fields(client: NeonClient, spec: BranchSpec, branch_id: str) -> None:
    def act() -> list[Operation]:
        branch = client.branch(spec.project_id, branch_id)
        changes = {**branch_changes(branch, spec), **ttl_changes(branch, spec, now_there(client))}
        try:
            return client.update_branch(spec.project_id, branch_id, changes) if changes else []
        except NeonConflict as conflict:
            raise _taken(client, branch, spec.name) or conflict from None

    what = f"changing the Neon branch {spec.name!r}"
    repeat_until_same(client, act, project_id=spec.project_id, branch_id=branch_id, what=what)


def _taken(client: NeonClient, branch: Branch, name: str) -> NeonRefused | None:
    """What to say of a new name that another branch has; None when none has it."""
    found = find_branch(client, branch.project_id, name)
    if found is None or found.id == branch.id:
        return None
    return NeonRefused(
        f"the Neon branch {branch.name!r} ({branch.id}) is not renamed, for {name!r} is another one ({found.id}): "
        "choose another name in the database settings, or rename or delete that one in Neon, and run up again"
    )
