"""A project is deleted with all that is in it, unless a branch in it is protected."""

from __future__ import annotations

from localcloud.neon.postgres.layout import Layout
from tests.localcloud.neon.conftest import TABLE
from tests.localcloud.neon.driver import Project, Server, eventually


def clusters(server: Server) -> set[int]:
    home = server.state / "postgres"
    return set(Layout(home=home, sockets=home / "sockets").numbers())


def test_nothing_is_left_of_a_deleted_project_and_others_stay(server: Server, project: Project) -> None:
    before = clusters(server)
    deleted = server.seed("to-be-deleted", *TABLE)
    child = deleted.branch("child")
    deleted.branch("shares-a-copy", endpoint=False, parent_id=child)
    assert len(clusters(server) - before) == 3
    reply = deleted.call("DELETE", "")
    assert (reply.status_code, reply.json()["project"]["id"]) == (200, deleted.id)
    for path in ("", "/branches", f"/branches/{child}", "/operations"):
        assert deleted.call("GET", path).status_code == 404
    eventually("its data is gone", lambda: clusters(server) <= before)
    assert project.rows(project.root) == [1, 2]


def test_a_protected_branch_keeps_its_project(project: Project) -> None:
    child = project.branch("child", protected=True)
    reply = project.call("DELETE", "")
    assert (reply.status_code, "protected branches" in reply.json()["message"]) == (422, True)
    assert project.rows(child) == [1, 2]
    project.do("PATCH", f"/branches/{child}", {"branch": {"protected": False}})
    assert project.call("DELETE", "").status_code == 200


def test_a_project_is_not_deleted_under_an_operation(slow: None, project: Project) -> None:
    project.call("POST", "/branches", {"branch": {"name": "child"}})
    assert project.call("DELETE", "").status_code == 423
    project.wait()
    assert project.call("DELETE", "").status_code == 200
