"""A restore brings another branch's data under the same address."""

from __future__ import annotations

import psycopg
import pytest

from tests.localcloud.neon.driver import Project, run_sql


def test_a_restore_brings_the_sources_data_under_the_same_uri(project: Project) -> None:
    child = project.branch("child")
    uri, before = project.uri(child), project.show(child)
    project.sql(child, "INSERT INTO visits VALUES (66)")
    project.sql(project.root, "INSERT INTO visits VALUES (3)")
    project.do("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
    after = project.show(child)
    assert run_sql(uri, "SELECT n FROM visits ORDER BY n") == [(1,), (2,), (3,)]
    assert project.uri(child) == uri
    assert (before.get("last_reset_at"), after["current_state"]) == (None, "ready")
    assert after["last_reset_at"] >= before["created_at"]


def test_a_second_restore_is_seen_in_last_reset_at(project: Project) -> None:
    child, seen = project.branch("child"), []
    for _ in range(2):
        project.do("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
        seen.append(project.show(child)["last_reset_at"])
    assert seen[0] < seen[1]


def test_open_connections_are_dropped_by_a_restore(project: Project) -> None:
    child = project.branch("child")
    with psycopg.connect(project.uri(child)) as connection:
        connection.execute("SELECT 1")
        project.do("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_branch_that_is_being_restored_says_so_and_is_not_connected_to(project: Project, slow: None) -> None:
    child = project.branch("child")
    reply = project.call("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
    assert reply.json()["branch"]["current_state"] == "resetting"
    with pytest.raises(psycopg.OperationalError, match="resetting"):
        project.sql(child, "SELECT 1")
    project.wait()
    assert project.rows(child) == [1, 2]


def test_a_restore_keeps_the_passwords_of_a_child_of_a_protected_parent(project: Project) -> None:
    project.do("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
    child = project.branch("child")
    uri = project.uri(child)
    project.do("POST", f"/branches/{child}/restore", {"source_branch_id": project.root})
    assert run_sql(uri, "SELECT count(*) FROM visits") == [(2,)]
    assert project.uri(child) == uri


def test_a_branch_with_children_is_restored_only_with_a_name_for_its_old_state(project: Project) -> None:
    parent = project.branch("parent")
    child = project.branch("child", parent_id=parent)
    project.sql(parent, "INSERT INTO visits VALUES (9)")
    refused = project.call("POST", f"/branches/{parent}/restore", {"source_branch_id": project.root})
    assert (refused.status_code, "preserve_under_name" in refused.json()["message"]) == (422, True)
    body = {"source_branch_id": project.root, "preserve_under_name": "parent-old"}
    project.do("POST", f"/branches/{parent}/restore", body)
    old = project.get("/branches", search="parent-old")["branches"][0]
    assert project.show(child)["parent_id"] == old["id"]
    project.do("POST", "/endpoints", {"endpoint": {"branch_id": old["id"], "type": "read_write"}})
    assert (project.rows(parent), project.rows(old["id"])) == ([1, 2], [1, 2, 9])


def test_a_restore_from_a_sibling_makes_that_the_parent(project: Project) -> None:
    one, two = project.branch("one"), project.branch("two")
    project.sql(two, "INSERT INTO visits VALUES (7)")
    project.do("POST", f"/branches/{one}/restore", {"source_branch_id": two})
    assert (project.rows(one), project.show(one)["parent_id"]) == ([1, 2, 7], two)


def test_a_branch_without_an_endpoint_is_restored_as_well(project: Project) -> None:
    branch = project.branch("quiet", endpoint=False)
    project.sql(project.root, "INSERT INTO visits VALUES (3)")
    project.do("POST", f"/branches/{branch}/restore", {"source_branch_id": project.root})
    project.do("POST", "/endpoints", {"endpoint": {"branch_id": branch, "type": "read_write"}})
    assert project.rows(branch) == [1, 2, 3]


def test_a_protected_branch_is_not_restored(project: Project) -> None:
    branch = project.branch("kept", protected=True)
    reply = project.call("POST", f"/branches/{branch}/restore", {"source_branch_id": project.root})
    assert (reply.status_code, "unprotect" in reply.json()["message"]) == (422, True)


def test_a_restricted_action_is_shown_and_refused(project: Project) -> None:
    branch = project.branch("masked")
    restricted = [{"name": "restore", "reason": "anonymized"}]
    body = {"branch_id": branch, "restricted_actions": restricted}
    project.server.control("PUT", "restricted_actions", body)
    assert project.show(branch)["restricted_actions"] == restricted
    reply = project.call("POST", f"/branches/{branch}/restore", {"source_branch_id": project.root})
    assert (reply.status_code, "anonymized" in reply.json()["message"]) == (422, True)


def test_a_point_in_time_is_refused_by_name(project: Project) -> None:
    branch = project.branch("child", endpoint=False)
    body = {"source_branch_id": project.root, "source_lsn": "0/1"}
    reply = project.call("POST", f"/branches/{branch}/restore", body)
    assert (reply.status_code, "source_lsn" in reply.json()["message"]) == (501, True)


def test_an_unknown_source_and_the_branch_itself_are_refused(project: Project) -> None:
    branch = project.branch("child", endpoint=False)
    for source, status in (("br-none", 404), (branch, 400)):
        reply = project.call("POST", f"/branches/{branch}/restore", {"source_branch_id": source})
        assert reply.status_code == status
