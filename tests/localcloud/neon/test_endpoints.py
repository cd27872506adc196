"""Compute endpoints."""

from __future__ import annotations

import psycopg
import pytest

from tests.localcloud.neon.driver import Project


def only_endpoint(project: Project, branch: str) -> str:
    found = project.get(f"/branches/{branch}/endpoints")["endpoints"]
    assert len(found) == 1
    return str(found[0]["id"])


def test_the_limits_of_a_new_endpoint_are_kept(project: Project) -> None:
    wanted = {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": 120}
    body = {"branch": {"name": "child"}, "endpoints": [{"type": "read_write", **wanted}]}
    branch = project.do("POST", "/branches", body)["branch"]["id"]
    endpoint = project.get(f"/endpoints/{only_endpoint(project, branch)}")["endpoint"]
    assert {name: endpoint[name] for name in wanted} == wanted


def test_changed_limits_take_an_operation_and_a_changed_name_does_not(project: Project) -> None:
    endpoint = only_endpoint(project, project.root)
    resized = project.do("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"autoscaling_limit_max_cu": 4}})
    assert [operation["action"] for operation in resized["operations"]] == ["apply_config"]
    assert resized["endpoint"]["autoscaling_limit_max_cu"] == 4
    renamed = project.do("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"name": "primary"}})
    assert (renamed["operations"], renamed["endpoint"]["name"]) == ([], "primary")
    assert project.rows(project.root) == [1, 2]


@pytest.mark.parametrize(
    "fields",
    [
        {"autoscaling_limit_min_cu": 4, "autoscaling_limit_max_cu": 2},
        {"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 16},
        {"autoscaling_limit_min_cu": "2"},
        {"suspend_timeout_seconds": 30},
        {"suspend_timeout_seconds": 604_801},
    ],
)
def test_limits_that_neon_would_not_run_are_refused(unchanged: Project, fields: dict[str, object]) -> None:
    endpoint = only_endpoint(unchanged, unchanged.root)
    assert unchanged.call("PATCH", f"/endpoints/{endpoint}", {"endpoint": fields}).status_code == 400


def test_a_branch_has_one_read_write_endpoint(unchanged: Project) -> None:
    body = {"endpoint": {"branch_id": unchanged.root, "type": "read_write"}}
    assert unchanged.call("POST", "/endpoints", body).status_code == 409


def test_a_deleted_endpoint_leaves_the_data_for_the_next_one(project: Project) -> None:
    child = project.branch("child")
    project.sql(child, "INSERT INTO visits VALUES (5)")
    uri = project.uri(child)
    project.do("DELETE", f"/endpoints/{only_endpoint(project, child)}")
    with pytest.raises(psycopg.OperationalError, match="endpoint could not be found"):
        psycopg.connect(uri)
    project.do("POST", "/endpoints", {"endpoint": {"branch_id": child, "type": "read_write"}})
    assert project.rows(child) == [1, 2, 5]


def test_the_endpoint_of_a_protected_branch_is_not_deleted(project: Project) -> None:
    project.do("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
    assert project.call("DELETE", f"/endpoints/{only_endpoint(project, project.root)}").status_code == 422


def test_a_suspended_endpoint_is_idle_until_somebody_connects(project: Project) -> None:
    endpoint = only_endpoint(project, project.root)
    project.do("POST", f"/endpoints/{endpoint}/suspend")
    assert project.get(f"/endpoints/{endpoint}")["endpoint"]["current_state"] == "idle"
    assert project.rows(project.root) == [1, 2]
    assert project.get(f"/endpoints/{endpoint}")["endpoint"]["current_state"] == "active"


def test_a_suspended_endpoint_can_be_started(project: Project) -> None:
    endpoint = only_endpoint(project, project.root)
    project.do("POST", f"/endpoints/{endpoint}/suspend")
    project.do("POST", f"/endpoints/{endpoint}/start")
    assert project.get(f"/endpoints/{endpoint}")["endpoint"]["current_state"] == "active"
    assert project.do("POST", f"/endpoints/{endpoint}/start")["operations"] == []


def test_a_disabled_endpoint_refuses_connections(project: Project) -> None:
    endpoint = only_endpoint(project, project.root)
    project.do("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"disabled": True}})
    with pytest.raises(psycopg.OperationalError, match="has been disabled"):
        project.rows(project.root)
    project.do("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"disabled": False}})
    assert project.rows(project.root) == [1, 2]


def test_an_absent_endpoint_is_404_and_deleting_it_204(unchanged: Project) -> None:
    assert unchanged.call("GET", "/endpoints/ep-none").status_code == 404
    assert unchanged.call("DELETE", "/endpoints/ep-none").status_code == 204
