"""Branches: made from a parent, apart from it afterwards, changed and deleted under Neon's rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.localcloud.neon.driver import Project, Server, eventually


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_child_starts_with_its_parents_data(project: Project) -> None:
    assert project.rows(project.branch("child")) == [1, 2]


def test_what_is_written_to_one_branch_is_not_seen_on_another(project: Project) -> None:
    one, two = project.branch("one"), project.branch("two")
    project.sql(one, "INSERT INTO visits VALUES (10)")
    project.sql(project.root, "INSERT INTO visits VALUES (20)")
    assert (project.rows(one), project.rows(two), project.rows(project.root)) == ([1, 2, 10], [1, 2], [1, 2, 20])


def test_a_branch_of_a_branch_starts_with_what_that_branch_wrote(project: Project) -> None:
    child = project.branch("child")
    project.sql(child, "INSERT INTO visits VALUES (3)")
    assert project.rows(project.branch("grandchild", parent_id=child)) == [1, 2, 3]


def test_the_reply_to_a_new_branch_says_how_to_reach_it(project: Project) -> None:
    made = project.do("POST", "/branches", {"endpoints": [{"type": "read_write"}], "branch": {"name": "child"}})
    parameters = made["connection_uris"][0]["connection_parameters"]
    assert parameters["host"] == made["endpoints"][0]["host"] == f"{made['endpoints'][0]['id']}.neon.localhost"
    assert parameters["pooler_host"] == f"{made['endpoints'][0]['id']}-pooler.neon.localhost"
    assert [operation["action"] for operation in made["operations"]] == ["create_branch", "start_compute"]


def test_a_branch_without_an_endpoint_cannot_be_connected_to(project: Project) -> None:
    branch = project.branch("child", endpoint=False)
    query = {"branch_id": branch, "database_name": "neondb", "role_name": "neondb_owner"}
    reply = project.call("GET", "/connection_uri", params=query)
    assert (reply.status_code, reply.json()["message"]) == (404, "no read-write endpoint for branch")


def test_a_branch_keeps_the_data_of_the_moment_it_was_made_until_it_gets_an_endpoint(project: Project) -> None:
    early = project.branch("early", endpoint=False)
    same = project.branch("same", endpoint=False)
    project.sql(project.root, "INSERT INTO visits VALUES (3)")
    late = project.branch("late", endpoint=False)
    for branch in (early, same, late):
        project.do("POST", "/endpoints", {"endpoint": {"branch_id": branch, "type": "read_write"}})
    assert [project.rows(branch) for branch in (early, same, late)] == [[1, 2], [1, 2], [1, 2, 3]]


def test_a_child_of_a_branch_without_an_endpoint_has_its_data(project: Project) -> None:
    parent = project.branch("parent", endpoint=False)
    project.sql(project.root, "INSERT INTO visits VALUES (3)")
    assert project.rows(project.branch("child", parent_id=parent)) == [1, 2]


def test_the_annotation_of_a_new_branch_is_returned_by_get_and_list(project: Project) -> None:
    body = {"branch": {"name": "child"}, "annotation_value": {"stack": "dev"}}
    branch = project.do("POST", "/branches", body)["branch"]["id"]
    assert project.get(f"/branches/{branch}")["annotation"]["value"] == {"stack": "dev"}
    assert project.get("/branches")["annotations"][branch]["object"] == {"type": "console/branch", "id": branch}


def test_a_name_that_is_taken_is_refused_as_neon_does(unchanged: Project) -> None:
    reply = unchanged.call("POST", "/branches", {"branch": {"name": "main"}})
    assert (reply.status_code, reply.json()["code"]) == (409, "")
    assert reply.json()["message"] == 'branch already exists; branch_name:"main"'


def test_a_branch_is_renamed_at_once_and_not_to_its_own_name(project: Project) -> None:
    branch = project.branch("old", endpoint=False)
    reply = project.call("PATCH", f"/branches/{branch}", {"branch": {"name": "new"}})
    assert (reply.json()["branch"]["name"], reply.json()["operations"]) == ("new", [])
    again = project.call("PATCH", f"/branches/{branch}", {"branch": {"name": "new"}})
    assert (again.status_code, again.json()["message"]) == (400, "cannot set branch to the same name")


def test_a_deleted_branch_is_gone_and_deleting_it_again_is_204(project: Project) -> None:
    branch = project.branch("child")
    project.do("DELETE", f"/branches/{branch}")
    assert project.call("GET", f"/branches/{branch}").status_code == 404
    assert project.get("/endpoints")["endpoints"][0]["branch_id"] == project.root
    again = project.call("DELETE", f"/branches/{branch}")
    assert (again.status_code, again.content) == (204, b"")


def test_the_default_branch_and_branches_with_children_are_not_deleted(project: Project) -> None:
    parent = project.branch("parent", endpoint=False)
    project.branch("child", endpoint=False, parent_id=parent)
    refused = project.call("DELETE", f"/branches/{parent}")
    assert (refused.status_code, "child" in refused.json()["message"]) == (422, True)
    assert project.call("DELETE", f"/branches/{project.root}").status_code == 422


def test_a_protected_branch_is_deleted_only_after_its_protection_is_taken_away(project: Project) -> None:
    branch = project.branch("kept", protected=True)
    assert project.call("DELETE", f"/branches/{branch}").status_code == 422
    project.do("PATCH", f"/branches/{branch}", {"branch": {"protected": False}})
    assert project.call("DELETE", f"/branches/{branch}").status_code == 200


def test_an_expired_branch_is_gone_and_its_lifetime_is_shown_before(project: Project) -> None:
    branch = project.branch("short", endpoint=False, expires_at=in_seconds(3))
    assert 0 < project.show(branch)["ttl_interval_seconds"] <= 3
    eventually("the branch is gone", lambda: project.call("GET", f"/branches/{branch}").status_code == 404)


def test_an_expiry_can_be_taken_away(project: Project) -> None:
    branch = project.branch("short", endpoint=False, expires_at=in_seconds(60))
    project.do("PATCH", f"/branches/{branch}", {"branch": {"expires_at": None}})
    assert "expires_at" not in project.show(branch)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("the past", {"expires_at": in_seconds(-60)}),
        ("more than 30 days", {"expires_at": in_seconds(31 * 86_400)}),
        ("a protected branch", {"expires_at": in_seconds(60), "protected": True}),
    ],
)
def test_an_expiry_that_neon_does_not_allow_is_refused(
    unchanged: Project, what: str, fields: dict[str, object]
) -> None:
    assert unchanged.call("POST", "/branches", {"branch": {"name": "x", **fields}}).status_code == 400, what


def test_limits_of_a_plan_are_refused_with_neons_codes(server: Server, project: Project) -> None:
    server.control("PUT", "settings", {"branches_limit": 1, "protected_branches_limit": 0})
    try:
        reply = project.call("POST", "/branches", {"branch": {"name": "one-more"}})
        assert (reply.status_code, reply.json()["code"]) == (422, "BRANCHES_LIMIT_EXCEEDED")
        reply = project.call("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
        assert (reply.status_code, reply.json()["code"]) == (422, "BRANCHES_PROTECTED_LIMIT_EXCEEDED")
    finally:
        server.control("PUT", "settings", {"branches_limit": None, "protected_branches_limit": None})


def test_the_size_of_a_branch_grows_with_its_data(project: Project) -> None:
    before = project.show(project.root)["logical_size"]
    project.sql(project.root, "INSERT INTO visits SELECT generate_series(1, 50000)")
    assert project.show(project.root)["logical_size"] > before + 1_000_000
