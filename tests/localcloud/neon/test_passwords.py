"""Roles, passwords, databases and connection URIs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.localcloud.neon.driver import Project, Server, eventually, run_sql

ROLE = "/roles/neondb_owner"
NAMES = {"database_name": "neondb", "role_name": "neondb_owner"}


def password(project: Project, branch: str) -> str:
    return str(project.get(f"/branches/{branch}{ROLE}/reveal_password")["password"])


def updated_at(project: Project, branch: str) -> str:
    return str(project.get(f"/branches/{branch}{ROLE}")["role"]["updated_at"])


def test_every_branch_has_the_role_and_the_database_of_its_project(project: Project) -> None:
    for branch in (project.root, project.branch("child", endpoint=False)):
        assert [role["name"] for role in project.get(f"/branches/{branch}/roles")["roles"]] == ["neondb_owner"]
        database = project.get(f"/branches/{branch}/databases/neondb")["database"]
        assert (database["owner_name"], database["branch_id"]) == ("neondb_owner", branch)
        assert project.get(f"/branches/{branch}/databases")["databases"] == [database]


def test_a_child_of_an_unprotected_branch_has_its_passwords(project: Project) -> None:
    child = project.branch("child")
    assert password(project, child) == password(project, project.root)


def test_a_child_of_a_protected_branch_has_passwords_of_its_own(project: Project) -> None:
    project.do("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
    child = project.branch("child")
    theirs, ours = password(project, project.root), password(project, child)
    assert theirs != ours
    assert project.rows(child) == [1, 2]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run_sql(project.uri(child).replace(ours, theirs), "SELECT 1")


def test_a_reset_password_is_valid_when_its_operation_is_finished(project: Project, slow: None) -> None:
    old = project.uri(project.root)
    reply = project.call("POST", f"/branches/{project.root}{ROLE}/reset_password").json()
    assert run_sql(old, "SELECT 1") == [(1,)]
    with psycopg.connect(old, autocommit=True) as connection:
        project.wait()
        # The reason is lost where the query meets an already closed socket.
        with pytest.raises(psycopg.OperationalError, match=r"terminating connection|connection has been closed"):
            connection.execute("SELECT 1")
    assert reply["role"]["password"] == password(project, project.root)
    assert project.rows(project.root) == [1, 2]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run_sql(old, "SELECT 1")


def test_the_time_of_a_role_is_that_of_its_password(project: Project) -> None:
    begun = updated_at(project, project.root)
    eventually("the next second", lambda: datetime.now(UTC) > datetime.fromisoformat(begun) + timedelta(seconds=1))
    child = project.branch("child")
    assert updated_at(project, child) == begun
    project.do("POST", f"/branches/{child}{ROLE}/reset_password")
    renewed = updated_at(project, child)
    assert (renewed > begun, updated_at(project, project.root)) == (True, begun)
    ours = password(project, child)
    project.do("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
    assert (updated_at(project, child), password(project, child)) == (renewed, ours)
    project.do("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
    other = project.branch("other")
    assert updated_at(project, other) == project.show(other)["created_at"]


def test_a_project_without_stored_passwords_reveals_none(server: Server) -> None:
    seed = {"projects": [{"name": "unstored", "store_passwords": False}]}
    found = server.control("PUT", "seed", seed)["projects"][0]
    project = Project(server, found["id"], found["branch_id"])
    assert not project.get("")["project"]["store_passwords"]
    body = {"branch": {"name": "child"}, "endpoints": [{"type": "read_write"}]}
    assert "connection_uris" not in project.do("POST", "/branches", body)
    refused = [
        project.call("GET", f"/branches/{project.root}{ROLE}/reveal_password"),
        project.call("GET", "/connection_uri", params=NAMES),
    ]
    assert [reply.status_code for reply in refused] == [412, 412]
    assert project.do("POST", f"/branches/{project.root}{ROLE}/reset_password")["role"]["password"]


def test_a_password_reset_before_there_is_an_endpoint_is_valid_with_it(project: Project) -> None:
    child = project.branch("child", endpoint=False)
    project.do("POST", f"/branches/{child}{ROLE}/reset_password")
    project.do("POST", "/endpoints", {"endpoint": {"branch_id": child, "type": "read_write"}})
    assert password(project, child) != password(project, project.root)
    assert project.rows(child) == [1, 2]


def test_a_pooled_uri_differs_in_the_host_only(unchanged: Project) -> None:
    direct, pooled = unchanged.uri(unchanged.root), unchanged.uri(unchanged.root, pooled="true")
    assert pooled.replace("-pooler.neon.localhost", ".neon.localhost") == direct != pooled
    assert run_sql(pooled, "SELECT current_user, current_database()") == [("neondb_owner", "neondb")]


def test_a_uri_without_a_branch_is_that_of_the_default_branch(project: Project) -> None:
    project.branch("child")
    assert project.get("/connection_uri", **NAMES)["uri"] == project.uri(project.root)


def test_an_endpoint_of_another_branch_is_not_taken_for_a_uri(project: Project) -> None:
    child = project.branch("child")
    other = project.get(f"/branches/{project.root}/endpoints")["endpoints"][0]["id"]
    query = {**NAMES, "branch_id": child, "endpoint_id": other}
    assert project.call("GET", "/connection_uri", params=query).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"database_name": "neondb"}, 400),
        ({**NAMES, "role_name": "nobody"}, 404),
        ({**NAMES, "database_name": "nothing"}, 404),
        ({**NAMES, "branch_id": "br-none"}, 404),
        ({**NAMES, "pooled": "perhaps"}, 400),
    ],
)
def test_a_uri_for_what_is_not_there_is_refused(unchanged: Project, query: dict[str, str], status: int) -> None:
    assert unchanged.call("GET", "/connection_uri", params=query).status_code == status


def test_a_role_that_is_not_there_is_404(unchanged: Project) -> None:
    for path in ("/roles/nobody", "/roles/nobody/reveal_password"):
        assert unchanged.call("GET", f"/branches/{unchanged.root}{path}").status_code == 404


def test_the_owner_may_create_what_an_owner_creates(project: Project) -> None:
    project.sql(project.root, "CREATE SCHEMA app CREATE TABLE app.t (id serial)")
    project.sql(project.root, "CREATE ROLE reader")
    assert project.sql(project.root, "SELECT count(*) FROM app.t") == [(0,)]
