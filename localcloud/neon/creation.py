"""Making branches, of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from localcloud.neon import bodies, clones, compute, errors, expiry, views
from localcloud.neon.bodies import CreateBranch, NewBranch, read_body
from localcloud.neon.clones import Data
from localcloud.neon.context import Call, Change, Context, Json, Planned, Reply, begin
from localcloud.neon.records import Branch, Endpoint, Operation, Project, Record, Role, Step, Transition
from localcloud.neon.rules import check_name_is_free, check_quota
from localcloud.neon.status import current_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new branch; `job_id` is that of the work that fills it."""

    branch: Branch
    endpoints: list[Endpoint]
    operations: tuple[Operation, ...]
    job_id: str


# What else is to be kept with a new branch, in the same transaction: the branch as it then is, and more.
Addition = Callable[[Made], tuple[Branch, Iterable[Record]]]


def create_branch(context: Context, call: Call) -> Reply:
    body, project = read_body(CreateBranch, call.body), context.project(call)
    with context.store.lock:
        made = make_branch(context, project, body)
    return Reply(status=201, body=created(context, made))


def make_branch(
    context: Context, project: Project, body: CreateBranch, add: Addition = lambda made: (made.branch, ())
) -> Made:
    """A new branch, kept. The caller holds the store's lock. Raises ApiError for what is not allowed."""
    asked = body.branch or NewBranch()
    _refuse_unemulated(body, asked)
    context.require_idle(project)
    parent = parent_of(context, project, asked.parent_id)
    branch_id = context.names.branch_id()
    name = asked.name or branch_id
    check_quota(context.store, project.id, protected=bool(asked.protected), root=asked.init_source == "schema-only")
    check_name_is_free(context.store, project.id, name)
    expires = _expiry(asked, context.clock())
    return _create(context, project, body, _Wish(id=branch_id, name=name, parent=parent, expires=expires), add)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What was asked for, found to be allowed."""

    id: str
    name: str
    parent: Branch
    expires: tuple[float, int] | None


def _create(context: Context, project: Project, body: CreateBranch, wish: _Wish, add: Addition) -> Made:
    roles = _roles(context, wish.parent)
    data = _data(context, body, wish.parent, roles)
    endpoints = [
        compute.new_endpoint(context, asked, project_id=project.id, branch_id=wish.id) for asked in body.endpoints or []
    ]
    change = begin(context, project, *_planned(body, wish.id, endpoints))
    branch = _branch(body, wish, change).model_copy(
        update={"roles": _dated(roles, wish.parent, change.now), "cluster": data.cluster, "shared": data.shared}
    )
    made = Made(
        branch=branch,
        endpoints=[compute.starting(endpoint, change.last_id) for endpoint in endpoints],
        operations=change.operations,
        job_id=context.names.operation_id(),
    )
    branch, more = add(made)
    put = [branch, *made.endpoints, *([data.source] if data.source else []), *more]
    operations = change.commit(put=put, steps=data.steps, branch_id=branch.id, job_id=made.job_id)
    return replace(made, branch=branch, operations=operations)


def _data(context: Context, body: CreateBranch, parent: Branch, roles: tuple[Role, ...]) -> Data:
    if _schema_only(body):
        data = clones.own_copy(context, parent, roles)
        idle = () if body.endpoints else (Step(do="stop", cluster=data.cluster),)
        return replace(data, steps=(*data.steps, Step(do="empty", cluster=data.cluster), *idle))
    return clones.own_copy(context, parent, roles) if body.endpoints else clones.frozen_copy(context, parent)


def _planned(body: CreateBranch, branch_id: str, endpoints: list[Endpoint]) -> list[Planned]:
    actions = ["create_branch", *(["apply_schema_from_branch"] if _schema_only(body) else [])]
    return [
        *(Planned(action=action, branch_id=branch_id) for action in actions),
        *(Planned(action="start_compute", branch_id=branch_id, endpoint_id=endpoint.id) for endpoint in endpoints),
    ]


def _schema_only(body: CreateBranch) -> bool:
    return body.branch is not None and body.branch.init_source == "schema-only"


def _branch(body: CreateBranch, wish: _Wish, change: Change) -> Branch:
    """The new branch, still with its parent's data."""
    root = _schema_only(body)
    return wish.parent.model_copy(
        update={
            "id": wish.id,
            "name": wish.name,
            "parent_id": None if root else wish.parent.id,
            "parent_lsn": None,
            "parent_timestamp": None if root else change.now,
            "init_source": "schema-only" if root else "parent-data",
            "default": False,
            "protected": bool(body.branch and body.branch.protected),
            "created_at": change.now,
            "updated_at": change.now,
            "expires_at": wish.expires[0] if wish.expires else None,
            "ttl_seconds": wish.expires[1] if wish.expires else None,
            "last_reset_at": None,
            "annotation": body.annotation_value or {},
            "masking": None,
            "restricted_actions": (),
            "state": Transition(was="init", becomes="ready", operation_id=change.last_id, since=change.now),
            "frozen_copy": None,
            "frozen_mark": None,
        }
    )


def _refuse_unemulated(body: CreateBranch, asked: NewBranch) -> None:
    bodies.refuse_unemulated(asked, ("parent_lsn", "parent_timestamp", "archived"))
    for endpoint in body.endpoints or []:
        compute.refuse_other_endpoints(endpoint)
    if len(body.endpoints or []) > 1:
        raise errors.conflict("read_write endpoint already exists: a branch has one")


def parent_of(context: Context, project: Project, parent_id: str | None) -> Branch:
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


def _roles(context: Context, parent: Branch) -> tuple[Role, ...]:
    """The parent's roles; below a protected branch they have passwords of their own."""
    if not parent.protected:
        return parent.roles
    return tuple(role.model_copy(update={"password": context.names.password()}) for role in parent.roles)


def _dated(roles: tuple[Role, ...], parent: Branch, now: float) -> tuple[Role, ...]:
    """Roles whose passwords are new have them since the branch is there."""
    return tuple(role.model_copy(update={"updated_at": now}) for role in roles) if parent.protected else roles


def created(context: Context, made: Made) -> Json:
    branch, known, now = made.branch, context.store.operations, context.clock()
    stored = context.store.projects[branch.project_id].store_passwords
    uris = [
        views.connection_details(endpoint, branch.roles[0], branch.databases[0].name, port=context.sql_port)
        for endpoint in made.endpoints
        if len(branch.roles) == 1 and len(branch.databases) == 1 and stored
    ]
    return {
        "branch": views.branch_view(branch, known, now),
        "endpoints": [views.endpoint_view(endpoint, known, now) for endpoint in made.endpoints],
        "operations": views.operations_view(made.operations, now),
        "roles": [views.role_view(role, branch.id) for role in branch.roles],
        "databases": [views.database_view(database, branch.id) for database in branch.databases],
        **({"connection_uris": uris} if uris else {}),
    }
