"""Making, changing and deleting branches."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.neon import bodies, clones, compute, errors, expiry, names, views
from localcloud.neon.bodies import CreateBranch, NewBranch, read_body, read_query
from localcloud.neon.context import Call, Change, Context, Json, Planned, Reply, begin
from localcloud.neon.records import Branch, Endpoint, Operation, Project, Role, Transition
from localcloud.neon.rules import check_name_is_free, check_quota, refuse_deletion, refuse_protection
from localcloud.neon.status import current_state


def create_branch(context: Context, call: Call) -> Reply:
    body = read_body(CreateBranch, call.body)
    asked, project = body.branch or NewBranch(), context.project(call)
    _refuse_unemulated(body, asked)
    with context.store.lock:
        context.require_idle(project)
        parent = _parent(context, project, asked.parent_id)
        branch_id = names.branch_id()
        name = asked.name or branch_id
        check_quota(context.store, project.id, protected=bool(asked.protected))
        check_name_is_free(context.store, project.id, name)
        expires = _expiry(asked, context.clock())
        wish = _Wish(id=branch_id, name=name, parent=parent, expires=expires)
        branch, endpoints, operations = _create(context, project, body, wish)
    return Reply(status=201, body=_created(context, branch, endpoints, operations))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was asked for, found to be allowed."""

    id: str
    name: str
    parent: Branch
    expires: tuple[float, int] | None


def _create(
    context: Context, project: Project, body: CreateBranch, wish: _Wish
) -> tuple[Branch, list[Endpoint], tuple[Operation, ...]]:
    branch_id = wish.id
    roles = _roles(wish.parent)
    data = clones.own_copy(context, wish.parent, roles) if body.endpoints else clones.frozen_copy(context, wish.parent)
    endpoints = [
        compute.new_endpoint(asked, project_id=project.id, branch_id=branch_id, now=context.clock())
        for asked in body.endpoints or []
    ]
    starts = (Planned(action="start_compute", branch_id=branch_id, endpoint_id=endpoint.id) for endpoint in endpoints)
    change = begin(context, project, Planned(action="create_branch", branch_id=branch_id), *starts)
    roles = _dated(roles, wish.parent, change.now)
    branch = _branch(body, wish, change).model_copy(
        update={"roles": roles, "cluster": data.cluster, "shared": data.shared}
    )
    endpoints = [compute.starting(endpoint, change.last_id) for endpoint in endpoints]
    sources = [data.source] if data.source else []
    operations = change.commit(put=[branch, *endpoints, *sources], steps=data.steps, branch_id=branch.id)
    return branch, endpoints, operations


def _branch(body: CreateBranch, wish: _Wish, change: Change) -> Branch:
    """The new branch, still with its parent's data."""
    return wish.parent.model_copy(
        update={
            "id": wish.id,
            "name": wish.name,
            "parent_id": wish.parent.id,
            "parent_lsn": None,
            "parent_timestamp": change.now,
            "default": False,
            "protected": bool(body.branch and body.branch.protected),
            "created_at": change.now,
            "updated_at": change.now,
            "expires_at": wish.expires[0] if wish.expires else None,
            "ttl_seconds": wish.expires[1] if wish.expires else None,
            "last_reset_at": None,
            "annotation": body.annotation_value or {},
            "restricted_actions": (),
            "state": Transition(was="init", becomes="ready", operation_id=change.last_id, since=change.now),
            "frozen_copy": None,
            "frozen_mark": None,
        }
    )


def _refuse_unemulated(body: CreateBranch, asked: NewBranch) -> None:
    bodies.refuse_unemulated(asked, ("parent_lsn", "parent_timestamp", "archived"))
    if asked.init_source == "schema-only":
        raise errors.not_emulated("init_source schema-only")
    for endpoint in body.endpoints or []:
        compute.refuse_other_endpoints(endpoint)
    if len(body.endpoints or []) > 1:
        raise errors.conflict("read_write endpoint already exists: a branch has one")


def _parent(context: Context, project: Project, parent_id: str | None) -> Branch:
    branches = context.store.branches_of(project.id)
    found = [b for b in branches if (b.id == parent_id if parent_id else b.default)]
    if not found:
        raise errors.not_found("parent branch")
    if current_state(found[0].state, context.store.operations, context.clock()) != "ready":
        raise errors.refused("branch not ready yet")
    if found[0].expires_at is not None:
        raise errors.bad_request("a branch that expires cannot be a parent: remove its expires_at first")
    return found[0]


def _expiry(asked: NewBranch, now: float) -> tuple[float, int] | None:
    if asked.expires_at is None:
        return None
    expiry.may_expire(default=False, protected=bool(asked.protected), is_parent=False)
    return expiry.expiry_of(asked.expires_at, now)


def _roles(parent: Branch) -> tuple[Role, ...]:
    """The parent's roles; below a protected branch they have passwords of their own."""
    if not parent.protected:
        return parent.roles
    return tuple(role.model_copy(update={"password": names.password()}) for role in parent.roles)


def _dated(roles: tuple[Role, ...], parent: Branch, now: float) -> tuple[Role, ...]:
    """Roles whose passwords are new have them since the branch is there."""
    return tuple(role.model_copy(update={"updated_at": now}) for role in roles) if parent.protected else roles


def _created(context: Context, branch: Branch, endpoints: list[Endpoint], operations: tuple[Operation, ...]) -> Json:
    known, now = context.store.operations, context.clock()
    stored = context.store.projects[branch.project_id].store_passwords
    uris = [
        views.connection_details(endpoint, branch.roles[0], branch.databases[0].name, port=context.sql_port)
        for endpoint in endpoints
        if len(branch.roles) == 1 and len(branch.databases) == 1 and stored
    ]
    return {
        "branch": views.branch_view(branch, known, now),
        "endpoints": [views.endpoint_view(endpoint, known, now) for endpoint in endpoints],
        "operations": views.operations_view(operations, now),
        "roles": [views.role_view(role, branch.id) for role in branch.roles],
        "databases": [views.database_view(database, branch.id) for database in branch.databases],
        **({"connection_uris": uris} if uris else {}),
    }


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
