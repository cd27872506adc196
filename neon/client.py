"""Neon's API, a method for each call that this project makes. What a call's reply means is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from neon import reading
from neon.masking import Anonymization, MaskingRule
from neon.models import Branch, Compute, Endpoint, Json, Operation, Project, Role
from neon.retry import Deadline, Pace
from neon.transport import Credentials, Transport
from neon.turns import in_turn, take_turn

T = TypeVar("T")
_PAGE = 100
# What follows a first page comes in pages as large as Neon's reference allows: two requests see 5,000 branches.
_LARGE = {"branches": 10_000, "projects": 400}


class NeonClient:
    """A client for one account; safe to share between threads.

    Raises a ``NeonError`` for everything that goes wrong. Mutating methods return the operations that they started:
    the thing is usable when all of them have ended (``neon.operations``).
    """

    def __init__(self, credentials: Credentials, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._organization = credentials.organization
        self._transport = Transport(credentials, self.pace)
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}

    @contextmanager
    def mutating(self, project_id: str) -> Iterator[None]:
        """Holds back other mutations of this project in this process: Neon would refuse them with 423.

        Raises NeonNotBegun when one of them has taken ``pace.anonymize`` seconds, the most that any may take.
        """
        with self._guard:
            lock = self._locks.setdefault(project_id, threading.RLock())
        take_turn(lock, self.pace, project_id)
        try:
            yield
        finally:
            lock.release()

    @property
    def server_date(self) -> str | None:
        """Neon's clock at its last reply, as the header Date has it; None before the first."""
        return self._transport.server_date

    def project(self, project_id: str) -> Project:
        return self._get(f"/projects/{project_id}", "project", lambda data: Project.from_api(data["project"]))

    def projects(self, search: str) -> Iterator[Project]:
        """Projects whose name or id contains ``search``, of the organization that the credentials name.

        Raises NeonNoOrganization where the key needs one and they name none.
        """
        params = {"search": search, **({"org_id": self._organization} if self._organization else {})}
        yield from self._pages("/projects", params, "projects", reading.projects)

    def branch(self, project_id: str, branch_id: str) -> Branch:
        return self._get(f"/projects/{project_id}/branches/{branch_id}", "branch", reading.branch)

    def branches(self, project_id: str, search: str | None = None, *, oldest_first: bool = False) -> Iterator[Branch]:
        """Branches whose name or id contains ``search``, with their marks."""
        order = {"sort_by": "created_at", "sort_order": "asc"} if oldest_first else {}
        params = {**({} if search is None else {"search": search}), **order}
        yield from self._pages(f"/projects/{project_id}/branches", params, "branches", reading.branches)

    def create_branch(
        self,
        project_id: str,
        *,
        branch: Json,
        compute: Compute,
        mark: Mapping[str, str],
        masking: Iterable[MaskingRule] | None = None,
    ) -> tuple[Branch, list[Operation]]:
        """A branch with its read-write endpoint, in one request: without one nothing could connect to it.

        With ``masking`` it is an anonymized one, whose anonymization begins by itself when the operations have ended.
        """
        wanted: dict[str, Any] = {"branch": dict(branch), "endpoints": [{"type": "read_write", **compute.to_api()}]}
        noted = {"annotation_value": dict(mark)}
        path, body = "/branches", wanted | noted
        if masking is not None:
            path = "/branch_anonymized"
            body = {"branch_create": wanted, **_rules_body(masking), "start_anonymization": True, **noted}

        def read(data: Json) -> tuple[Branch, list[Operation]]:
            return Branch.from_api(data["branch"], {"value": mark}), reading.operations(data)

        return self._change(project_id, "POST", path, body, read)

    def anonymization(self, project_id: str, branch_id: str, *, until: Deadline | None = None) -> Anonymization:
        """Raises NeonNotFound for a branch of another kind."""
        path = f"/projects/{project_id}/branches/{branch_id}/anonymized_status"
        return self._get(path, "state", Anonymization.from_api, until=until)

    def start_anonymization(self, project_id: str, branch_id: str) -> None:
        self._change(project_id, "POST", f"/branches/{branch_id}/anonymize", None, reading.nothing, holding="state")

    def masking_rules(self, project_id: str, branch_id: str) -> list[MaskingRule]:
        path = f"/projects/{project_id}/branches/{branch_id}/masking_rules"
        return self._get(path, "masking_rules", reading.masking_rules)

    def replace_masking_rules(self, project_id: str, branch_id: str, rules: Iterable[MaskingRule]) -> None:
        """All of them; they are in force with the next anonymization."""
        path = f"/branches/{branch_id}/masking_rules"
        self._change(project_id, "PATCH", path, _rules_body(rules), reading.nothing, holding="masking_rules")

    def update_branch(self, project_id: str, branch_id: str, changes: Json) -> list[Operation]:
        body = {"branch": dict(changes)}
        return self._change(project_id, "PATCH", f"/branches/{branch_id}", body, reading.operations)

    def delete_branch(self, project_id: str, branch_id: str) -> list[Operation]:
        return self._change(project_id, "DELETE", f"/branches/{branch_id}", None, reading.operations)

    def restore_branch(
        self,
        project_id: str,
        branch_id: str,
        *,
        source_branch_id: str,
        keep_as: str | None = None,
        overtaken: Callable[[], bool] | None = None,
    ) -> list[Operation]:
        """Overwrites the branch with the head of ``source_branch_id``: Neon's way to reset.

        ``keep_as`` names a new branch that keeps the old data, and takes over all children. ``overtaken`` as of
        ``neon.turns.in_turn``.
        """
        body = {
            "source_branch_id": source_branch_id,
            **({} if keep_as is None else {"preserve_under_name": keep_as}),
        }
        path = f"/branches/{branch_id}/restore"
        return self._change(project_id, "POST", path, body, reading.operations, overtaken=overtaken)

    def endpoints(self, project_id: str, branch_id: str) -> list[Endpoint]:
        return self._get(f"/projects/{project_id}/branches/{branch_id}/endpoints", "endpoints", reading.endpoints)

    def create_endpoint(self, project_id: str, branch_id: str, compute: Compute) -> list[Operation]:
        body = {"endpoint": {"branch_id": branch_id, "type": "read_write", **compute.to_api()}}
        return self._change(project_id, "POST", "/endpoints", body, reading.operations)

    def update_endpoint(self, project_id: str, endpoint_id: str, changes: Json) -> list[Operation]:
        body = {"endpoint": dict(changes)}
        return self._change(project_id, "PATCH", f"/endpoints/{endpoint_id}", body, reading.operations)

    def database(self, project_id: str, branch_id: str, name: str) -> str:
        path = f"/projects/{project_id}/branches/{branch_id}/databases/{quote(name, safe='')}"
        return self._get(path, "database", lambda data: str(data["database"]["name"]))

    def role(self, project_id: str, branch_id: str, name: str) -> Role:
        path = f"/projects/{project_id}{_role(branch_id, name)}"
        return self._get(path, "role", lambda data: Role.from_api(data["role"]))

    def reveal_password(self, project_id: str, branch_id: str, role: str) -> str:
        path = f"/projects/{project_id}{_role(branch_id, role)}/reveal_password"
        return self._get(path, "password", lambda data: str(data["password"]))

    def reset_password(
        self, project_id: str, branch_id: str, role: str, *, overtaken: Callable[[], bool] | None = None
    ) -> list[Operation]:
        """A new password of Neon's own making; the old one is good until the operations have ended.

        The new one is in the reply too, and left there. ``overtaken`` as of ``neon.turns.in_turn``.
        """
        path = f"{_role(branch_id, role)}/reset_password"
        return self._change(project_id, "POST", path, None, reading.operations, overtaken=overtaken)

    def operation(self, project_id: str, operation_id: str, *, until: Deadline | None = None) -> Operation:
        path = f"/projects/{project_id}/operations/{operation_id}"
        return self._get(path, "operation", lambda data: Operation.from_api(data["operation"]), until=until)

    def operations(self, project_id: str, *, until: Deadline | None = None) -> list[Operation]:
        """The newest hundred, newest first: those that are running are among them."""
        path = f"/projects/{project_id}/operations"
        return self._get(path, "operations", reading.operations, {"limit": _PAGE}, until=until)

    def connection_uri(
        self, project_id: str, *, branch_id: str, endpoint_id: str, database: str, role: str, pooled: bool
    ) -> str:
        """``branch_id`` is always sent: without it Neon answers for the default branch, which is production."""
        params = {
            "branch_id": branch_id,
            "endpoint_id": endpoint_id,
            "database_name": database,
            "role_name": role,
            "pooled": "true" if pooled else "false",
        }
        return self._get(f"/projects/{project_id}/connection_uri", "uri", lambda data: str(data["uri"]), params)

    def _get(
        self,
        path: str,
        holding: str,
        read: Callable[[Json], T],
        params: Mapping[str, Any] | None = None,
        *,
        until: Deadline | None = None,
    ) -> T:
        return self._transport.send("GET", path, params=params, holding=holding, read=read, until=until)

    def _change(
        self,
        project_id: str,
        method: str,
        path: str,
        body: Json | None,
        read: Callable[[Json], T],
        *,
        holding: str = "operations",
        overtaken: Callable[[], bool] | None = None,
    ) -> T:
        """A mutation below a project, sent when the project lets it in."""
        whole = f"/projects/{project_id}{path}"
        return in_turn(
            self,
            project_id,
            lambda until: self._transport.send(method, whole, body=body, holding=holding, read=read, until=until),
            overtaken,
        )

    def _pages(self, path: str, params: Mapping[str, Any], key: str, read: Callable[[Json], list[T]]) -> Iterator[T]:
        """All pages' items. Raises NeonNotUnderstood where a page leads back to an earlier one."""
        walked: list[str] = []

        def page(data: Json) -> tuple[list[T], str | None]:
            return read(data), reading.next_cursor(data, key, walked)

        cursor: str | None = None
        while True:
            asked = {"limit": _PAGE} if cursor is None else {"limit": _LARGE[key], "cursor": cursor}
            items, cursor = self._get(path, key, page, {**params, **asked})
            yield from items
            if cursor is None:
                return
            walked.append(cursor)


def _rules_body(rules: Iterable[MaskingRule]) -> dict[str, Any]:
    return {"masking_rules": [rule.to_api() for rule in rules]}


def _role(branch_id: str, name: str) -> str:
    """A role's path below its project."""
    return f"/branches/{branch_id}/roles/{quote(name, safe='')}"
