"""Dropping databases and roles, which a running compute does."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.neon import errors, views
from localcloud.neon.context import Call, Context, Planned, Reply, begin
from localcloud.neon.reads import named
from localcloud.neon.records import Branch, Step


def delete_database(context: Context, call: Call) -> Reply:
    with context.store.lock:
        branch, name = context.branch(call), call.params["database_name"]
        found = named(branch.databases, name)
        if found is None:
            return Reply(status=204, body=None)
        changed = {"databases": tuple(one for one in branch.databases if one != found)}
        operations = _apply(context, call, branch, changed, Step(do="drop database", cluster=branch.cluster, name=name))
    return Reply(status=200, body={"database": views.database_view(found, branch.id), "operations": operations})


def delete_role(context: Context, call: Call) -> Reply:
    with context.store.lock:
        branch, name = context.branch(call), call.params["role_name"]
        found = named(branch.roles, name)
        if found is None:
            return Reply(status=204, body=None)
        owned = [one.name for one in branch.databases if one.owner == name]
        if owned:
            raise errors.refused(f"role {name} owns databases, which must be deleted first: {', '.join(owned)}")
        changed = {"roles": tuple(one for one in branch.roles if one != found)}
        operations = _apply(context, call, branch, changed, Step(do="drop role", cluster=branch.cluster, name=name))
    return Reply(status=200, body={"role": views.role_view(found, branch.id), "operations": operations})


def _apply(
    context: Context, call: Call, branch: Branch, changed: Mapping[str, object], step: Step
) -> list[dict[str, object]]:
    """Raises 404 for a branch without a compute that could do it."""
    project, endpoints = context.project(call), context.store.endpoints_of(branch.id)
    context.require_idle(project)
    if not endpoints:
        raise errors.not_found("read-write endpoint for branch")
    change = begin(context, project, Planned(action="apply_config", branch_id=branch.id, endpoint_id=endpoints[0].id))
    put = branch.model_copy(update={**changed, "updated_at": change.now})
    return views.operations_view(change.commit(put=[put], steps=(step,)), change.now)
