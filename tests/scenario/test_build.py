"""A build when something needs one, one for each stamp, and none otherwise."""

from __future__ import annotations

from tests.scenario.project import Project


def test_an_up_builds_once_and_the_next_one_does_not(project: Project) -> None:
    project.up("staging")
    outputs = project.outputs("staging")
    assert (outputs["build_job_id"], outputs["build_status"]) == ("1", "SUCCEED")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED"]


def test_a_changed_variable_is_built(project: Project) -> None:
    project.up("staging")
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def test_a_new_value_of_force_builds_once_more(project: Project) -> None:
    project.up("staging")
    project.edit("staging", "build", force="again")
    project.up("staging")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def test_a_failed_build_fails_the_up_with_the_step_and_the_log_and_the_next_up_builds_again(project: Project) -> None:
    project.up("staging")
    project.settings("aws", fail_next_job={f"{project.app_id}/staging": "BUILD"})
    project.edit("staging", "build", force="again")
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert failed.status != 0
    assert "ended as FAILED in step BUILD; its log: http" in failed.text
    assert (
        "hosting/jobs.py" not in failed.text
    )  # no traceback of ours; the CLI prints one of its own host's interruption
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED", "FAILED", "SUCCEED"]


def test_a_build_that_is_not_waited_for_is_pending(project: Project) -> None:
    project.edit("staging", "build", wait=False)
    project.up("staging")
    assert project.outputs("staging")["build_status"] == "PENDING"


def test_a_running_build_of_something_else_is_waited_for_and_followed_by_ours(project: Project) -> None:
    project.up("staging")
    project.aws("amplify").start_job(appId=project.app_id, branchName="staging", jobType="RELEASE")
    project.edit("staging", "build", force="again")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED"] * 3
