"""Making, changing, starting, suspending and deleting compute endpoints."""

from __future__ import annotations

from localcloud.neon import bodies, clones, compute, errors, views
from localcloud.neon.bodies import EndpointChange, read_body, refuse_unemulated
from localcloud.neon.context import Call, Context, Planned, Reply, begin
from localcloud.neon.records import Branch, Endpoint, Operation, Step, Transition
from localcloud.neon.rules import refuse_restricted
from localcloud.neon.status import current_state

IGNORED = ("settings", "pooler_enabled", "passwordless_access")


def create_endpoint(context: Context, call: Call) -> Reply:
    asked, project = read_body(bodies.CreateEndpoint, call.body).endpoint, context.project(call)
    refuse_unemulated(asked, IGNORED)
    if asked.type != "read_write":
        raise errors.not_emulated("read_only endpoints")
    if asked.region_id not in (None, views.REGION):
        raise errors.bad_request(f"region_id: only the project's region is permitted, {views.REGION}")
    with context.store.lock:
        context.require_idle(project)
        branch = _branch_for(context, project.id, asked.branch_id)
        endpoint = compute.new_endpoint(context, asked, project_id=project.id, branch_id=branch.id, name=asked.name)
        change = begin(context, project, Planned(action="start_compute", branch_id=branch.id, endpoint_id=endpoint.id))
        endpoint = compute.starting(endpoint, change.last_id)
        endpoint = endpoint.model_copy(update={"disabled": bool(asked.disabled)})
        moved, steps = _with_own_cluster(context, branch)
        operations = change.commit(put=[endpoint, moved], steps=steps, branch_id=branch.id)
    return _reply(context, endpoint, operations, status=201)


def _branch_for(context: Context, project_id: str, branch_id: str) -> Branch:
    branch = context.store.branch(project_id, branch_id)
    if branch is None:
        raise errors.not_found("branch")
    if current_state(branch.state, context.store.operations, context.clock()) != "ready":
        raise errors.refused("branch not ready yet")
    if context.store.endpoints_of(branch.id):
        raise errors.conflict("read_write endpoint already exists: a branch has one")
    return branch


def _with_own_cluster(context: Context, branch: Branch) -> tuple[Branch, tuple[Step, ...]]:
    if not branch.shared:
        return branch, (clones.passwords(branch.cluster, branch.roles),)
    data = clones.own_copy(context, branch, branch.roles)
    return (
        branch.model_copy(update={"cluster": data.cluster, "shared": False}),
        (*data.steps, *clones.discard(context.store, branch)),
    )


def update_endpoint(context: Context, call: Call) -> Reply:
    """New limits restart the server, as Neon's do; a new name is in force at once, without an operation."""
    asked, project = read_body(bodies.UpdateEndpoint, call.body).endpoint, context.project(call)
    refuse_unemulated(asked, (*IGNORED, "branch_id"))
    with context.store.lock:
        endpoint = context.endpoint(call)
        context.require_idle(project)
        cluster = _cluster(context, endpoint)
        changed = _changed(endpoint, asked, context.clock())
        planned, steps = _work(context, endpoint, changed, cluster)
        change = begin(context, project, *planned)
        if changed.disabled and not endpoint.disabled:
            state = Transition(was="active", becomes="idle", operation_id=change.last_id, since=change.now)
            changed = changed.model_copy(update={"state": state, "suspended_at": change.now})
        operations = change.commit(put=[changed], steps=steps)
    return _reply(context, changed, operations)


def _changed(endpoint: Endpoint, asked: EndpointChange, now: float) -> Endpoint:
    low, high = compute.limits(asked, min_cu=endpoint.min_cu, max_cu=endpoint.max_cu)
    return endpoint.model_copy(
        update={
            "min_cu": low,
            "max_cu": high,
            "suspend_timeout": compute.suspend_timeout(asked, endpoint.suspend_timeout),
            "name": endpoint.name if asked.name is None else asked.name,
            "disabled": endpoint.disabled if asked.disabled is None else asked.disabled,
            "updated_at": now,
        }
    )


def _work(
    context: Context, before: Endpoint, after: Endpoint, cluster: int
) -> tuple[tuple[Planned, ...], tuple[Step, ...]]:
    ids = {"branch_id": before.branch_id, "endpoint_id": before.id}
    if after.disabled and not before.disabled:
        return (Planned(action="suspend_compute", **ids),), (Step(do="stop", cluster=cluster),)
    resized = (after.min_cu, after.max_cu) != (before.min_cu, before.max_cu)
    if not resized and after.suspend_timeout == before.suspend_timeout:
        return (), ()
    active = _state(context, before) == "active"
    restart = (Step(do="stop", cluster=cluster), Step(do="start", cluster=cluster)) if resized and active else ()
    return (Planned(action="apply_config", **ids),), restart


def delete_endpoint(context: Context, call: Call) -> Reply:
    """The branch keeps its data, and cannot be connected to."""
    project = context.project(call)
    with context.store.lock:
        endpoint = context.find_endpoint(call)
        if endpoint is None:
            return Reply(status=204, body=None)
        context.require_idle(project)
        branch = context.store.branch(project.id, endpoint.branch_id)
        if branch is not None and branch.protected:
            raise errors.refused("cannot delete an endpoint of a protected branch: unprotect the branch first")
        if branch is not None:
            refuse_restricted(branch, "delete-rw-endpoint")
        planned = Planned(action="suspend_compute", branch_id=endpoint.branch_id, endpoint_id=endpoint.id)
        change = begin(context, project, planned)
        stop = Step(do="stop", cluster=_cluster(context, endpoint))
        operations = change.commit(delete=[endpoint], steps=(stop,))
    return _reply(context, endpoint, operations)


def start_endpoint(context: Context, call: Call) -> Reply:
    return _switch(context, call, action="start_compute", was="idle", becomes="active")


def suspend_endpoint(context: Context, call: Call) -> Reply:
    return _switch(context, call, action="suspend_compute", was="active", becomes="idle")


def _switch(context: Context, call: Call, *, action: str, was: str, becomes: str) -> Reply:
    project = context.project(call)
    with context.store.lock:
        endpoint = context.endpoint(call)
        context.require_idle(project)
        if endpoint.disabled and becomes == "active":
            raise errors.refused("the endpoint is disabled: enable it first")
        if _state(context, endpoint) == becomes:
            return _reply(context, endpoint, ())
        change = begin(context, project, Planned(action=action, branch_id=endpoint.branch_id, endpoint_id=endpoint.id))
        state = Transition(was=was, becomes=becomes, operation_id=change.last_id, since=change.now)
        moment = "started_at" if becomes == "active" else "suspended_at"
        switched = endpoint.model_copy(update={"state": state, moment: change.now, "updated_at": change.now})
        step = Step(do="start" if becomes == "active" else "stop", cluster=_cluster(context, endpoint))
        operations = change.commit(put=[switched], steps=(step,))
    return _reply(context, switched, operations)


def _state(context: Context, endpoint: Endpoint) -> str:
    return current_state(endpoint.state, context.store.operations, context.clock())


def _cluster(context: Context, endpoint: Endpoint) -> int:
    branch = context.store.branch(endpoint.project_id, endpoint.branch_id)
    if branch is None:
        raise errors.not_found("branch")
    return branch.cluster


def _reply(context: Context, endpoint: Endpoint, operations: tuple[Operation, ...], *, status: int = 200) -> Reply:
    now = context.clock()
    view = views.endpoint_view(endpoint, context.store.operations, now)
    return Reply(status=status, body={"endpoint": view, "operations": views.operations_view(operations, now)})
