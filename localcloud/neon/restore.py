"""Restoring a branch: it takes another branch's data, and keeps its id, endpoint, host and passwords."""

from __future__ import annotations

from localcloud.neon import clones, errors, views
from localcloud.neon.bodies import RestoreBranch, read_body, refuse_unemulated
from localcloud.neon.context import Call, Change, Context, Planned, Reply, begin
from localcloud.neon.records import Branch, Role, Step, Transition
from localcloud.neon.rules import check_name_is_free, check_quota, refuse_restricted
from localcloud.neon.status import current_state


def restore_branch(context: Context, call: Call) -> Reply:
    body, project = read_body(RestoreBranch, call.body), context.project(call)
    refuse_unemulated(body, ("source_lsn", "source_timestamp"))
    with context.store.lock:
        target = context.branch(call)
        context.require_idle(project)
        source = _source(context, target, body)
        children = [b for b in context.store.branches_of(project.id) if b.parent_id == target.id]
        _refuse(context, target, children, body.preserve_under_name)
        planned = [Planned(action="create_branch", branch_id=target.id)]
        for endpoint in context.store.endpoints_of(target.id):
            planned.append(Planned(action="suspend_compute", branch_id=target.id, endpoint_id=endpoint.id))
            planned.append(Planned(action="start_compute", branch_id=target.id, endpoint_id=endpoint.id))
        change = begin(context, project, *planned)
        preserved = _preserved(target, body.preserve_under_name, change)
        moved = [child.model_copy(update={"parent_id": preserved.id}) for child in children] if preserved else []
        # A source below the target moves as well, so that no branch is its own ancestor.
        restored, steps = _restored(context, target, source, change, keep_old=preserved is not None)
        put = [restored, *moved, *([preserved] if preserved else [])]
        operations = change.commit(put=put, steps=steps, branch_id=restored.id)
    now = context.clock()
    view = views.branch_view(restored, context.store.operations, now)
    return Reply(status=200, body={"branch": view, "operations": views.operations_view(operations, now)})


def _source(context: Context, target: Branch, body: RestoreBranch) -> Branch:
    if body.source_branch_id == target.id:
        raise errors.bad_request("source_branch_id is the branch itself: that needs source_lsn or source_timestamp")
    source = context.store.branch(target.project_id, body.source_branch_id)
    if source is None:
        raise errors.not_found("source branch")
    if current_state(source.state, context.store.operations, context.clock()) != "ready":
        raise errors.refused("branch not ready yet")
    return source


def _refuse(context: Context, target: Branch, children: list[Branch], preserve: str | None) -> None:
    if target.protected:
        raise errors.refused("cannot restore a protected branch: unprotect it first")
    refuse_restricted(target, "restore")
    if children and not preserve:
        found = ", ".join(sorted(child.name for child in children)[:10])
        raise errors.refused(f"preserve_under_name is required for a branch that has child branches: {found}")
    if preserve:
        check_name_is_free(context.store, target.project_id, preserve)
        check_quota(context.store, target.project_id, protected=False, root=False)


def _preserved(target: Branch, name: str | None, change: Change) -> Branch | None:
    """The old state as a branch of its own, without an endpoint."""
    if not name:
        return None
    return target.model_copy(
        update={
            "id": change.context.names.branch_id(),
            "name": name,
            "default": False,
            "created_at": change.now,
            "updated_at": change.now,
            "expires_at": None,
            "ttl_seconds": None,
            "annotation": {},
            "masking": None,
            "restricted_actions": (),
            "state": Transition(was="init", becomes="ready", operation_id=change.last_id, since=change.now),
        }
    )


def _restored(
    context: Context, target: Branch, source: Branch, change: Change, *, keep_old: bool
) -> tuple[Branch, tuple[Step, ...]]:
    roles = _kept_passwords(target, source)
    data = clones.own_copy(context, source, roles)
    old = (Step(do="stop", cluster=target.cluster),) if keep_old else clones.discard(context.store, target)
    idle = () if context.store.endpoints_of(target.id) else (Step(do="stop", cluster=data.cluster),)
    restored = target.model_copy(
        update={
            "parent_id": source.id,
            "parent_lsn": None,
            "parent_timestamp": change.now,
            "updated_at": change.now,
            "last_reset_at": _later(target.last_reset_at, change.now),
            "expires_at": None if target.ttl_seconds is None else change.now + target.ttl_seconds,
            "roles": roles,
            "databases": source.databases,
            "cluster": data.cluster,
            "shared": False,
            "frozen_copy": None,
            "frozen_mark": None,
            "state": Transition(was="resetting", becomes="ready", operation_id=change.last_id, since=change.now),
        }
    )
    return restored, (*data.steps, *old, *idle)


def _kept_passwords(target: Branch, source: Branch) -> tuple[Role, ...]:
    """The source's roles; those that the target has too keep the target's password, and when it was set."""
    kept = {role.name: {"password": role.password, "updated_at": role.updated_at} for role in target.roles}
    return tuple(role.model_copy(update=kept.get(role.name, {})) for role in source.roles)


def _later(last: float | None, now: float) -> float:
    """Timestamps are shown to the second: a second restore within one second is moved into the next, to be seen."""
    return now if last is None or int(now) > int(last) else int(last) + 1.0
