"""What is unknown is refused, in Neon's shape and by name."""

from __future__ import annotations

import uuid

import pytest

from tests.localcloud.neon.driver import Project, Server


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"branch": {"nmae": "x"}}, "branch.nmae"),
        ({"branch": {"name": 7}}, "branch.name"),
        ({"branch": {"protected": "yes"}}, "branch.protected"),
        ({"branches": {}}, "branches"),
        ({"endpoints": [{"kind": "read_write"}]}, "endpoints.0.kind"),
        ({"annotation_value": {"n": 1}}, "annotation_value.n"),
        ([], "request body"),
    ],
)
def test_a_body_that_is_not_understood_is_refused_by_name(unchanged: Project, body: object, named: str) -> None:
    reply = unchanged.call("POST", "/branches", body)
    assert (reply.status_code, named in reply.json()["message"]) == (400, True)
    assert len(unchanged.get("/branches")["branches"]) == 1


@pytest.mark.parametrize(
    "path", ["/branches?page=2", "?x=1", "/branches?limit=0", "/branches?limit=1&limit=2", "/branches?sort_by=size"]
)
def test_a_query_parameter_that_is_not_understood_is_refused(unchanged: Project, path: str) -> None:
    assert unchanged.call("GET", path).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/snapshots"), ("PATCH", ""), ("POST", "/branches/br-x/databases"), ("PUT", "/branches"), ("HEAD", "")],
)
def test_a_route_that_is_not_served_is_501(unchanged: Project, method: str, path: str) -> None:
    reply = unchanged.call(method, path)
    assert reply.status_code == 501
    assert method == "HEAD" or f"{method} /api/v2/projects/{unchanged.id}{path}" in reply.json()["message"]


@pytest.mark.parametrize("name", ["parent_lsn", "parent_timestamp", "archived"])
def test_what_neon_has_and_this_server_has_not_is_501(unchanged: Project, name: str) -> None:
    values = {"parent_lsn": "0/1", "parent_timestamp": "2026-01-01T00:00:00Z", "archived": True}
    reply = unchanged.call("POST", "/branches", {"branch": {"name": "x", name: values[name]}})
    assert (reply.status_code, name in reply.json()["message"]) == (501, True)


def test_a_malformed_id_is_no_route(unchanged: Project) -> None:
    reply = unchanged.call("GET", "/branches/main%0A")
    assert (reply.status_code, reply.json()["message"]) == (404, "this route does not exist")


@pytest.mark.parametrize("path", ["/projects/none", "/projects/none/branches", "/projects/none/operations/x"])
def test_an_unknown_project_is_404(server: Server, path: str) -> None:
    assert server.call("GET", path).status_code == 404


@pytest.mark.parametrize("key", ["", "Bearer wrong", "Basic key-for-tests"])
def test_a_wrong_key_is_401_and_changes_nothing(unchanged: Project, key: str) -> None:
    reply = unchanged.call("DELETE", f"/branches/{unchanged.root}", headers={"Authorization": key})
    assert reply.status_code == 401
    assert unchanged.rows(unchanged.root) == [1, 2]


def test_an_error_has_the_callers_request_id(unchanged: Project) -> None:
    reply = unchanged.call("GET", "/branches/br-none", headers={"X-Request-ID": "mine-1"})
    assert reply.json() == {"request_id": "mine-1", "code": "", "message": "branch not found"}
    assert reply.headers["X-Request-ID"] == "mine-1"


def test_an_error_without_a_request_id_gets_one(unchanged: Project) -> None:
    assert uuid.UUID(unchanged.call("GET", "/branches/br-none").json()["request_id"])


def test_a_body_where_none_belongs_is_refused(unchanged: Project) -> None:
    path = f"/branches/{unchanged.root}/roles/neondb_owner/reset_password"
    assert unchanged.call("POST", path, {"password": "mine"}).status_code == 400
