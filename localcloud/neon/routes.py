"""The routes that are served, by the operation ids of Neon's API reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from localcloud.neon import anonymized, branches, creation, deletion, dropping, endpoints, errors, reads, restore, roles
from localcloud.neon.context import Call, Context, Reply

BASE = "/api/v2"
ID = re.compile(r"[a-z0-9-]{1,60}")
FREE_TEXT = ("role_name", "database_name")
# Paths of routes that are not served (/projects/shared, .../branches/count) and that would pass for an id.
NO_IDS = frozenset({"shared", "count"})
Handler = Callable[[Context, Call], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`template` is a path below BASE with `{names}`. A route with `query` reads its query parameters itself."""

    method: str
    template: str
    action: str
    handler: Handler
    query: bool = False

    def match(self, method: str, segments: list[str]) -> dict[str, str] | None:
        wanted = self.template.split("/")[1:]
        if method != self.method or len(wanted) != len(segments):
            return None
        params: dict[str, str] = {}
        for name, segment in zip(wanted, segments, strict=True):
            if name.startswith("{") and segment not in NO_IDS:
                params[name[1:-1]] = unquote(segment)
            elif name != segment:
                return None
        return params


WITHOUT_BODY = frozenset(
    ("resetProjectBranchRolePassword", "startProjectEndpoint", "suspendProjectEndpoint", "deleteProjectBranch",
     "deleteProjectBranchDatabase", "deleteProjectBranchRole", "deleteProjectEndpoint", "deleteProject",
     "startAnonymization", "setDefaultProjectBranch")
)  # fmt: skip
PROJECT = "/projects/{project_id}"
BRANCH = PROJECT + "/branches/{branch_id}"
ENDPOINT = PROJECT + "/endpoints/{endpoint_id}"
ROLE = BRANCH + "/roles/{role_name}"
DATABASE = BRANCH + "/databases/{database_name}"

ROUTES: tuple[Route, ...] = tuple(
    Route(method=method, template=template, action=action, handler=handler, query=query)
    for method, template, action, handler, query in (
        ("GET", "/projects", "listProjects", reads.list_projects, True),
        ("GET", PROJECT, "getProject", reads.get_project, False),
        ("DELETE", PROJECT, "deleteProject", deletion.delete_project, False),
        ("GET", PROJECT + "/branches", "listProjectBranches", reads.list_branches, True),
        ("POST", PROJECT + "/branches", "createProjectBranch", creation.create_branch, False),
        ("GET", BRANCH, "getProjectBranch", reads.get_branch, False),
        ("PATCH", BRANCH, "updateProjectBranch", branches.update_branch, False),
        ("DELETE", BRANCH, "deleteProjectBranch", branches.delete_branch, True),
        ("POST", BRANCH + "/restore", "restoreProjectBranch", restore.restore_branch, False),
        ("POST", PROJECT + "/branch_anonymized", "createProjectBranchAnonymized", anonymized.create_branch, False),
        ("GET", BRANCH + "/anonymized_status", "getAnonymizedBranchStatus", anonymized.get_status, False),
        ("POST", BRANCH + "/anonymize", "startAnonymization", anonymized.anonymize, False),
        ("GET", BRANCH + "/masking_rules", "getMaskingRules", anonymized.get_rules, False),
        ("PATCH", BRANCH + "/masking_rules", "updateMaskingRules", anonymized.update_rules, False),
        ("POST", BRANCH + "/set_as_default", "setDefaultProjectBranch", branches.set_as_default, False),
        ("GET", BRANCH + "/endpoints", "listProjectBranchEndpoints", reads.list_branch_endpoints, False),
        ("GET", BRANCH + "/roles", "listProjectBranchRoles", reads.list_roles, False),
        ("GET", ROLE, "getProjectBranchRole", reads.get_role, False),
        ("GET", ROLE + "/reveal_password", "getProjectBranchRolePassword", reads.reveal_password, False),
        ("DELETE", ROLE, "deleteProjectBranchRole", dropping.delete_role, False),
        ("POST", ROLE + "/reset_password", "resetProjectBranchRolePassword", roles.reset_password, False),
        ("GET", BRANCH + "/databases", "listProjectBranchDatabases", reads.list_databases, False),
        ("GET", DATABASE, "getProjectBranchDatabase", reads.get_database, False),
        ("DELETE", DATABASE, "deleteProjectBranchDatabase", dropping.delete_database, False),
        ("GET", PROJECT + "/endpoints", "listProjectEndpoints", reads.list_project_endpoints, False),
        ("POST", PROJECT + "/endpoints", "createProjectEndpoint", endpoints.create_endpoint, False),
        ("GET", ENDPOINT, "getProjectEndpoint", reads.get_endpoint, False),
        ("PATCH", ENDPOINT, "updateProjectEndpoint", endpoints.update_endpoint, False),
        ("DELETE", ENDPOINT, "deleteProjectEndpoint", endpoints.delete_endpoint, False),
        ("POST", ENDPOINT + "/start", "startProjectEndpoint", endpoints.start_endpoint, False),
        ("POST", ENDPOINT + "/suspend", "suspendProjectEndpoint", endpoints.suspend_endpoint, False),
        ("GET", PROJECT + "/operations", "listProjectOperations", reads.list_operations, True),
        ("GET", PROJECT + "/operations/{operation_id}", "getProjectOperation", reads.get_operation, False),
        ("GET", PROJECT + "/connection_uri", "getConnectionURI", reads.connection_uri, True),
    )
)


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a path as it was sent (still quoted).

    Raises 404 for a malformed id and 501 for a route that is not served.
    """
    segments = path.removeprefix(BASE).split("/")[1:]
    for route in ROUTES:
        params = route.match(method, segments)
        if params is not None:
            if all(name in FREE_TEXT or ID.fullmatch(value) for name, value in params.items()):
                return route, params
            raise errors.no_such_route()
    raise errors.not_emulated(f"{method} {path}")
