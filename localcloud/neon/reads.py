"""The routes that change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from localcloud.neon import bodies, errors, status, views
from localcloud.neon.bodies import read_query
from localcloud.neon.context import Call, Context, Json, Reply
from localcloud.neon.pages import encode, page
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.records import Branch, Database, Endpoint, Operation, Project, Role

Named = TypeVar("Named", Role, Database)


def list_projects(context: Context, call: Call) -> Reply:
    query = read_query(bodies.ProjectsQuery, call.query)
    if query.recoverable:
        raise errors.not_emulated("recoverable")
    _require_organization(context, query)
    found = [p for p in list(context.store.projects.values()) if query.search in p.name or query.search in p.id]
    found.sort(key=lambda project: (project.created_at, project.id), reverse=True)
    shown = (found if query.cursor is None else _after(query.cursor, found))[: query.limit]
    pagination = {"pagination": {"cursor": shown[-1].id}} if shown else {}
    projects = [views.project_item(project) for project in shown]
    return Reply(status=200, body={"projects": projects, "applications": {}, "integrations": {}, **pagination})


def _require_organization(context: Context, query: bodies.ProjectsQuery) -> None:
    organization = context.store.settings.organization
    if organization is not None and query.org_id is None:
        raise errors.bad_request("org_id is required")
    if organization is not None and query.org_id != organization:
        raise errors.not_found("organization")


def _after(cursor: str, projects: list[Project]) -> list[Project]:
    ids = [project.id for project in projects]
    if cursor not in ids:
        raise errors.bad_request("cursor: not a cursor of this list")
    return projects[ids.index(cursor) + 1 :]


def get_project(context: Context, call: Call) -> Reply:
    return Reply(status=200, body={"project": views.project_view(context.project(call), context.clock())})


def list_branches(context: Context, call: Call) -> Reply:
    query = read_query(bodies.BranchesQuery, call.query)
    if query.include_deleted:
        raise errors.not_emulated("the recovery of deleted branches (include_deleted)")
    project, now = context.project(call), context.clock()
    found = [b for b in context.store.branches_of(project.id) if query.search in b.name or query.search in b.id]
    shown, following = page(
        found,
        lambda branch: (getattr(branch, query.sort_by), branch.id),
        cursor=query.cursor,
        limit=query.limit,
        order=f"{query.sort_by} {query.sort_order}",
        descending=query.sort_order == "desc",
    )
    pagination = {"sort_by": query.sort_by, "sort_order": query.sort_order}
    body = {
        "branches": [views.branch_view(branch, context.store.operations, now) for branch in shown],
        "annotations": {branch.id: views.annotation_view(branch) for branch in shown if branch.annotation},
        "pagination": pagination if following is None else {"next": following, **pagination},
    }
    return Reply(status=200, body=body)


def get_branch(context: Context, call: Call) -> Reply:
    branch = _measured(context, context.branch(call))
    view = views.branch_view(branch, context.store.operations, context.clock())
    return Reply(status=200, body={"branch": view, "annotation": views.annotation_view(branch)})


def _measured(context: Context, branch: Branch) -> Branch:
    """With its size as it is now, if that can be had without starting anything; otherwise with the size last known."""
    ready = status.current_state(branch.state, context.store.operations, context.clock()) == "ready"
    if branch.shared or not ready or not context.clusters.is_running(branch.cluster):
        return branch
    try:
        return branch.model_copy(update={"logical_size": context.clusters.size(branch.cluster)})
    except PostgresError:
        return branch


def list_branch_endpoints(context: Context, call: Call) -> Reply:
    return _endpoints(context, context.store.endpoints_of(context.branch(call).id))


def list_project_endpoints(context: Context, call: Call) -> Reply:
    project = context.project(call)
    return _endpoints(context, [e for e in list(context.store.endpoints.values()) if e.project_id == project.id])


def _endpoints(context: Context, endpoints: list[Endpoint]) -> Reply:
    now = context.clock()
    ordered = sorted(endpoints, key=lambda endpoint: (endpoint.created_at, endpoint.id))
    found = [views.endpoint_view(endpoint, context.store.operations, now) for endpoint in ordered]
    return Reply(status=200, body={"endpoints": found})


def get_endpoint(context: Context, call: Call) -> Reply:
    view = views.endpoint_view(context.endpoint(call), context.store.operations, context.clock())
    return Reply(status=200, body={"endpoint": view})


def list_roles(context: Context, call: Call) -> Reply:
    branch = context.branch(call)
    return Reply(status=200, body={"roles": [views.role_view(role, branch.id) for role in branch.roles]})


def named(records: Iterable[Named], name: str) -> Named | None:
    return next((one for one in records if one.name == name), None)


def find_role(branch: Branch, name: str) -> Role:
    found = named(branch.roles, name)
    if found is None:
        raise errors.not_found("role")
    return found


def get_role(context: Context, call: Call) -> Reply:
    branch = context.branch(call)
    return Reply(status=200, body={"role": views.role_view(find_role(branch, call.params["role_name"]), branch.id)})


def reveal_password(context: Context, call: Call) -> Reply:
    role = find_role(context.branch(call), call.params["role_name"])
    if not context.project(call).store_passwords:
        raise errors.no_passwords()
    return Reply(status=200, body={"password": role.password})


def list_databases(context: Context, call: Call) -> Reply:
    branch = context.branch(call)
    return Reply(status=200, body={"databases": [views.database_view(db, branch.id) for db in branch.databases]})


def _database(branch: Branch, name: str) -> Database:
    found = named(branch.databases, name)
    if found is None:
        raise errors.not_found("database")
    return found


def get_database(context: Context, call: Call) -> Reply:
    branch = context.branch(call)
    view = views.database_view(_database(branch, call.params["database_name"]), branch.id)
    return Reply(status=200, body={"database": view})


def list_operations(context: Context, call: Call) -> Reply:
    query = read_query(bodies.OperationsQuery, call.query)
    project = context.project(call)
    found = [op for op in list(context.store.operations.values()) if op.project_id == project.id]
    shown, _ = page(
        found,
        lambda operation: (operation.start_at, operation.id),
        cursor=query.cursor,
        limit=query.limit,
        order="start",
        descending=True,
    )
    return Reply(status=200, body={"operations": views.operations_view(shown, context.clock()), **_cursor(shown)})


def _cursor(shown: list[Operation]) -> Json:
    return {"pagination": {"cursor": encode((shown[-1].start_at, shown[-1].id), "start")}} if shown else {}


def get_operation(context: Context, call: Call) -> Reply:
    project = context.project(call)
    operation = context.store.operations.get(call.params["operation_id"])
    if operation is None or operation.project_id != project.id:
        raise errors.not_found("operation")
    return Reply(status=200, body={"operation": views.operation_view(operation, context.clock())})


def connection_uri(context: Context, call: Call) -> Reply:
    """Without branch_id this is the default branch's URI, as Neon's is."""
    query = read_query(bodies.ConnectionUriQuery, call.query)
    project = context.project(call)
    branches = context.store.branches_of(project.id)
    wanted = [b for b in branches if (b.default if query.branch_id is None else b.id == query.branch_id)]
    if not wanted:
        raise errors.not_found("branch")
    endpoint = _endpoint_of(context, wanted[0], query.endpoint_id)
    role, database = find_role(wanted[0], query.role_name), _database(wanted[0], query.database_name)
    if not project.store_passwords:
        raise errors.no_passwords()
    uri = views.connection_uri(endpoint, role, database.name, port=context.sql_port, pooled=query.pooled)
    return Reply(status=200, body={"uri": uri})


def _endpoint_of(context: Context, branch: Branch, endpoint_id: str | None) -> Endpoint:
    endpoints = context.store.endpoints_of(branch.id)
    if endpoint_id is not None:
        endpoints = [endpoint for endpoint in endpoints if endpoint.id == endpoint_id]
    if not endpoints:
        raise (
            errors.ApiError(404, "no read-write endpoint for branch")
            if endpoint_id is None
            else errors.not_found("endpoint")
        )
    return endpoints[0]
