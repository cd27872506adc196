"""Operations run one after the other, and lock their project meanwhile."""

from __future__ import annotations

import pytest

from localcloud.neon.records import Operation, Transition
from localcloud.neon.status import current_state, operation_status, pending_state
from tests.localcloud.neon.driver import Project, eventually

LOCKED = "project already has running conflicting operations, scheduling of new ones is prohibited"


def test_a_project_with_a_running_operation_takes_no_other_change(project: Project, slow: None) -> None:
    child = project.call("POST", "/branches", {"branch": {"name": "child"}}).json()["branch"]["id"]
    refused = [
        project.call("POST", "/branches", {"branch": {"name": "other"}}),
        project.call("PATCH", f"/branches/{child}", {"branch": {"name": "other"}}),
        project.call("DELETE", f"/branches/{child}"),
        project.call("POST", f"/branches/{child}/restore", {"source_branch_id": project.root}),
        project.call("POST", f"/branches/{child}/roles/neondb_owner/reset_password"),
        project.call("POST", "/endpoints", {"endpoint": {"branch_id": child, "type": "read_write"}}),
    ]
    assert {(reply.status_code, reply.json()["message"]) for reply in refused} == {(423, LOCKED)}
    project.wait()
    assert project.call("DELETE", f"/branches/{child}").status_code == 200


def test_a_change_of_one_project_does_not_lock_another(project: Project, slow: None) -> None:
    other = project.server.seed(f"{project.id}-other")
    project.call("POST", "/branches", {"branch": {"name": "child"}})
    assert other.call("POST", "/branches", {"branch": {"name": "child"}}).status_code == 201


def test_operations_of_one_change_run_one_after_the_other(project: Project, slow: None) -> None:
    body = {"branch": {"name": "child"}, "endpoints": [{"type": "read_write"}]}
    made = project.call("POST", "/branches", body).json()
    assert [operation["status"] for operation in made["operations"]] == ["running", "scheduling"]
    assert (made["branch"]["current_state"], made["branch"]["pending_state"]) == ("init", "ready")
    project.wait()
    done = project.get(f"/operations/{made['operations'][1]['id']}")["operation"]
    assert (done["status"], done["branch_id"]) == ("finished", made["branch"]["id"])
    assert done["total_duration_ms"] >= 1000


def test_the_operations_of_another_project_are_not_found(project: Project) -> None:
    other = project.server.seed(f"{project.id}-other")
    operation = other.get("/operations")["operations"][0]["id"]
    assert project.call("GET", f"/operations/{operation}").status_code == 404


def test_operations_are_listed_newest_first_in_pages(project: Project) -> None:
    project.branch("child", endpoint=False)
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while operations := (page := project.get("/operations", **query))["operations"]:
        seen += [operation["action"] for operation in operations]
        query["cursor"] = page["pagination"]["cursor"]
    assert seen == ["create_branch", "start_compute", "create_timeline"]


def test_work_that_fails_ends_its_operation_and_frees_the_project(project: Project) -> None:
    clusters = project.server.state / "postgres" / "clusters"
    source = max(clusters.iterdir(), key=lambda data: int(data.name) if data.name.isdigit() else 0)
    endpoint = project.get("/endpoints")["endpoints"][0]["id"]
    project.do("POST", f"/endpoints/{endpoint}/suspend")
    (source / "PG_VERSION").rename(source / "mislaid")
    body = {"branch": {"name": "child"}, "endpoints": [{"type": "read_write"}]}
    made = project.call("POST", "/branches", body).json()
    eventually("one operation failed and none runs", lambda: set(project.statuses()) == {"finished", "failed"})
    (source / "mislaid").rename(source / "PG_VERSION")
    failed = project.get(f"/operations/{made['operations'][-1]['id']}")["operation"]
    assert (failed["failures_count"], "PostgreSQL" in failed["error"]) == (1, True)
    assert project.show(made["branch"]["id"])["current_state"] == "init"
    assert project.call("DELETE", f"/branches/{made['branch']['id']}").status_code == 200


PLANNED = Operation(
    id="o", project_id="p", branch_id=None, endpoint_id=None, action="a", created_at=0, start_at=10, finish_at=20
)


@pytest.mark.parametrize(
    ("now", "job", "error", "expected"),
    [
        (9, "j", None, "scheduling"),
        (10, "j", None, "running"),
        (19, None, None, "running"),
        (20, None, None, "finished"),
        (99, "j", None, "running"),
        (99, None, "no space", "failed"),
    ],
)
def test_an_operation_is_finished_when_its_time_is_over_and_its_work_is_done(
    now: float, job: str | None, error: str | None, expected: str
) -> None:
    operation = PLANNED.model_copy(update={"job_id": job, "error": error})
    assert operation_status(operation, now) == expected


@pytest.mark.parametrize(
    ("now", "error", "states"),
    [(15, None, ("init", "ready")), (20, None, ("ready", None)), (20, "no space", ("init", None))],
)
def test_a_state_changes_only_with_a_finished_operation(
    now: float, error: str | None, states: tuple[str, str | None]
) -> None:
    operations = {"o": PLANNED.model_copy(update={"error": error})}
    state = Transition(was="init", becomes="ready", operation_id="o", since=0)
    assert (current_state(state, operations, now), pending_state(state, operations, now)) == states
