"""New passwords for roles."""

from __future__ import annotations

from localcloud.neon import clones, views
from localcloud.neon.context import Call, Context, Planned, Reply, begin
from localcloud.neon.reads import find_role


def reset_password(context: Context, call: Call) -> Reply:
    """The reply has the new password; the old one is valid until the operation finishes."""
    project = context.project(call)
    with context.store.lock:
        branch = context.branch(call)
        role = find_role(branch, call.params["role_name"])
        context.require_idle(project)
        endpoints = context.store.endpoints_of(branch.id)
        endpoint_id = endpoints[0].id if endpoints else None
        change = begin(context, project, Planned(action="apply_config", branch_id=branch.id, endpoint_id=endpoint_id))
        renewed = role.model_copy(update={"password": context.names.password(), "updated_at": change.now})
        roles = tuple(renewed if known.name == role.name else known for known in branch.roles)
        # Without an endpoint nothing runs: the passwords are set when it gets one.
        steps = (clones.passwords(branch.cluster, [renewed]),) if endpoints else ()
        changed = branch.model_copy(update={"roles": roles, "updated_at": change.now})
        operations = change.commit(put=[changed], steps=steps, at_the_end=True)
    view = {**views.role_view(renewed, branch.id), "password": renewed.password}
    return Reply(status=200, body={"role": view, "operations": views.operations_view(operations, change.now)})
