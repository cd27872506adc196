"""Changing and deleting branches."""

from __future__ import annotations

from localcloud.neon import bodies, clones, errors, expiry, views
from localcloud.neon.bodies import read_body, read_query
from localcloud.neon.context import Call, Change, Context, Planned, Reply, begin
from localcloud.neon.records import Branch, Operation, Project
from localcloud.neon.rules import check_name_is_free, refuse_deletion, refuse_protection


def update_branch(context: Context, call: Call) -> Reply:
    """A changed protection takes an operation; a new name or expiry is in force at once."""
    asked, project = read_body(bodies.UpdateBranch, call.body).branch, context.project(call)
    with context.store.lock:
        branch = context.branch(call)
        context.require_idle(project)
        changed = _changed(context, branch, asked)
        protects = changed.protected != branch.protected
        planned = [Planned(action="timeline_update_protected_config", branch_id=branch.id)] if protects else []
        change = begin(context, project, *planned)
        changed = changed.model_copy(update={"updated_at": change.now})
        operations = change.commit(put=[changed])
    return _branch_reply(context, changed, operations)


def _changed(context: Context, branch: Branch, asked: bodies.BranchChange) -> Branch:
    update: dict[str, object] = {}
    if asked.name is not None:
        if asked.name == branch.name:
            raise errors.bad_request("cannot set branch to the same name")
        check_name_is_free(context.store, branch.project_id, asked.name)
        update["name"] = asked.name
    protected = branch.protected if asked.protected is None else asked.protected
    update |= {"protected": protected, **_changed_expiry(context, branch, asked, protected=protected)}
    changed = branch.model_copy(update=update)
    if protected and not branch.protected:
        refuse_protection(context.store, changed)
    return changed


def _changed_expiry(
    context: Context, branch: Branch, asked: bodies.BranchChange, *, protected: bool
) -> dict[str, object]:
    if "expires_at" not in asked.model_fields_set:
        return {}
    if asked.expires_at is None:
        return {"expires_at": None, "ttl_seconds": None}
    is_parent = any(b.parent_id == branch.id for b in context.store.branches_of(branch.project_id))
    expiry.may_expire(default=branch.default, protected=protected, is_parent=is_parent)
    moment, seconds = expiry.expiry_of(asked.expires_at, context.clock())
    return {"expires_at": moment, "ttl_seconds": seconds}


def _branch_reply(context: Context, branch: Branch, operations: tuple[Operation, ...]) -> Reply:
    now = context.clock()
    view = views.branch_view(branch, context.store.operations, now)
    return Reply(status=200, body={"branch": view, "operations": views.operations_view(operations, now)})


def set_as_default(context: Context, call: Call) -> Reply:
    """The project's default branch from now on, in place of the one before; it takes no operation."""
    project = context.project(call)
    with context.store.lock:
        branch = context.branch(call)
        context.require_idle(project)
        if branch.expires_at is not None:
            raise errors.bad_request("a branch that expires cannot be the default branch: remove its expires_at first")
        now = context.clock()
        others = [b for b in context.store.branches_of(project.id) if b.default and b.id != branch.id]
        chosen = branch.model_copy(update={"default": True, "updated_at": now})
        put = [b.model_copy(update={"default": False, "updated_at": now}) for b in others]
        context.store.commit(put=[chosen, *put])
    return _branch_reply(context, chosen, ())


def delete_branch(context: Context, call: Call) -> Reply:
    read_query(bodies.DeleteBranchQuery, call.query)
    project = context.project(call)
    with context.store.lock:
        branch = context.find_branch(call)
        if branch is None:
            return Reply(status=204, body=None)
        context.require_idle(project)
        refuse_deletion(branch, context.store.branches_of(project.id))
        operations = remove_branch(context, project, branch)
    return _branch_reply(context, branch, operations)


def remove_branch(context: Context, project: Project, branch: Branch) -> tuple[Operation, ...]:
    """Forget the branch and its endpoints now.

    Its data goes while the operations run. The caller holds the store's lock.
    """
    endpoints = context.store.endpoints_of(branch.id)
    suspend = (Planned(action="suspend_compute", branch_id=branch.id, endpoint_id=e.id) for e in endpoints)
    change: Change = begin(context, project, *suspend, Planned(action="delete_timeline", branch_id=branch.id))
    return change.commit(delete=[branch, *endpoints], steps=clones.discard(context.store, branch))


def remove_expired(context: Context, project: Project) -> None:
    """Delete one branch whose time is over, if the project is idle; the next request takes the next one."""
    now = context.clock()
    with context.store.lock:
        over = [branch for branch in context.store.branches_of(project.id) if expiry.is_over(branch, now)]
        if over and not context.is_busy(project):
            remove_branch(context, project, over[0])
