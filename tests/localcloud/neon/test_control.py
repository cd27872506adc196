"""Seed, journal, settings, limits, health."""

from __future__ import annotations

import requests

from tests.localcloud.neon.driver import Project, Server, run_sql


def last_number(server: Server) -> int:
    return int(max((entry["n"] for entry in server.control("GET", "journal")["entries"]), default=0))


def test_a_seed_makes_what_is_missing_and_leaves_what_is_there(server: Server, project: Project) -> None:
    name = project.get("")["project"]["name"]
    project.sql(project.root, "INSERT INTO visits VALUES (3)")
    body = {"projects": [{"name": name, "sql": ["DROP TABLE visits"]}, {"name": f"{name}-new"}]}
    found = server.control("PUT", "seed", body)["projects"]
    assert [(item["id"] == project.id, item["created"]) for item in found] == [(True, False), (False, True)]
    assert project.rows(project.root) == [1, 2, 3]


def test_a_seed_names_branch_database_and_role(server: Server) -> None:
    wanted = {"name": "named", "branch": "trunk", "database": "my shop", "role": "Owner", "sql": ["CREATE TABLE t ()"]}
    found = server.control("PUT", "seed", {"projects": [wanted]})["projects"][0]
    project = Project(server, found["id"], found["branch_id"])
    assert (project.show(project.root)["name"], project.show(project.root)["default"]) == ("trunk", True)
    uri = project.get("/connection_uri", database_name="my shop", role_name="Owner")["uri"]
    assert run_sql(uri, "SELECT tableowner FROM pg_tables WHERE tablename = 't'") == [("Owner",)]


def test_a_seed_with_wrong_sql_makes_no_project(server: Server) -> None:
    body = {"projects": [{"name": "wrong", "sql": ["SELEC 1"]}]}
    reply = requests.put(f"{server.address}/_localcloud/seed", json=body, timeout=10)
    assert (reply.status_code, "syntax error" in reply.json()["message"]) == (400, True)
    assert server.call("GET", "/projects", params={"search": "wrong"}).json()["projects"] == []


def test_the_journal_names_each_request_and_no_secret(server: Server, project: Project) -> None:
    before = last_number(server)
    uri = project.uri(project.root)
    project.call("POST", "/branches", {"branch": {"name": "child"}})
    project.call("GET", "/nothing")
    entries = server.control("GET", f"journal?after={before}")["entries"]
    assert [(e["action"], e["status"], e["mutating"]) for e in entries] == [
        ("getConnectionURI", 200, False),
        ("createProjectBranch", 201, True),
        ("", 501, False),
    ]
    assert entries[0]["path"] == f"/api/v2/projects/{project.id}/connection_uri"
    assert uri.partition("npg_")[2].partition("@")[0] not in str(server.control("GET", "journal"))


def test_passwords_are_in_no_log_and_no_journal(server: Server, unchanged: Project) -> None:
    secret = unchanged.uri(unchanged.root).partition("owner:")[2].partition("@")[0]
    logs = "".join(path.read_text() for path in (server.state / "postgres" / "logs").iterdir())
    assert secret not in logs
    assert secret not in str(server.control("GET", "journal"))


def test_an_unknown_setting_is_refused(server: Server) -> None:
    bodies: list[object] = [{"operation_second": 1}, {"operation_seconds": "1"}, {"operation_seconds": -1}, []]
    for body in bodies:
        reply = requests.put(f"{server.address}/_localcloud/settings", json=body, timeout=10)
        assert reply.status_code == 400, body
    assert server.control("GET", "settings")["operation_seconds"] == 0.02


def test_an_unknown_control_route_is_501(server: Server) -> None:
    assert requests.get(f"{server.address}/_localcloud/restart", timeout=10).status_code == 501


def test_health_and_limits_are_served_without_a_key(server: Server) -> None:
    health = requests.get(f"{server.address}/_localcloud/health", timeout=10).json()
    assert (health["ok"], health["sql_port"]) == (True, server.ready["sql_port"])
    served = requests.get(f"{server.address}/_localcloud/limits", timeout=10).json()
    assert any("pooler" in limit for limit in served["limits"])
    assert "GET /projects/{project_id}/branches" in served["routes"]
