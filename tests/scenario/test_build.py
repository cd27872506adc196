"""A build when something needs one, one for each stamp, and none otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

import yaml

from tests.scenario.project import Project


def test_an_up_builds_once_for_each_change_and_not_without_one(project: Project) -> None:
    project.up("staging")
    outputs = project.outputs("staging")
    assert (outputs["build_job_id"], outputs["build_status"]) == ("1", "SUCCEED")
    for count, (key, changes) in enumerate((("variables", {"LOG_LEVEL": "trace"}), ("build", {"force": "again"})), 2):
        project.edit("staging", key, **changes)
        project.up("staging")
        project.up("staging")
        assert project.jobs("staging") == ["SUCCEED"] * count


def failed_up(project: Project, key: str, **changes: str) -> str:
    """What it said when its build failed."""
    project.settings("aws", fail_next_job={f"{project.app_id}/staging": "BUILD"})
    project.edit("staging", key, **changes)
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert (failed.status != 0, project.traceback(failed)) == (True, False), failed.text
    return failed.text


def test_a_failed_build_fails_the_up_with_the_step_and_the_log_and_the_next_up_builds_also_what_was_taken_back(
    project: Project,
) -> None:
    project.up("staging")
    assert "ended as FAILED in step BUILD; its log: http" in failed_up(project, "build", force="again")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED", "FAILED", "SUCCEED"]
    failed_up(project, "variables", LOG_LEVEL="trace")
    project.edit("staging", "variables", LOG_LEVEL="info")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED", "FAILED", "SUCCEED", "FAILED", "SUCCEED"]
    assert project.drift("staging").status == 0


def test_a_build_of_somebody_is_waited_for_and_one_with_variables_of_theirs_is_built_over_once(
    project: Project,
) -> None:
    project.up("staging")
    hand = {**project.branch("staging")["environmentVariables"], "LOG_LEVEL": "by-hand"}
    amplify, branch = project.aws("amplify"), {"appId": project.app_id, "branchName": "staging"}
    amplify.update_branch(**branch, environmentVariables=hand)
    amplify.start_job(**branch, jobType="RELEASE")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED"] * 3
    assert project.drift("staging").status == 0
    amplify.start_job(**branch, jobType="RELEASE")
    project.edit("staging", "build", force="again")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED"] * 5


def test_a_build_that_is_not_waited_for_is_pending(project: Project) -> None:
    project.edit("staging", "build", wait=False)
    project.up("staging")
    assert project.outputs("staging")["build_status"] == "PENDING"


def test_a_branch_is_not_changed_while_a_build_of_it_runs(project: Project) -> None:
    project.up("staging")
    theirs = {"appId": project.app_id, "branchName": "staging", "jobId": start_a_long_build(project)}
    project.edit("staging", "variables", LOG_LEVEL="trace")
    assert "up waits for its end" in project.good("preview", "--stack", "staging")
    with project.start("up", "--stack", "staging", "--yes", "--skip-preview") as up:
        said = list(lines_until("waiting for build 2 of staging", up.stdout))
        assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == "info"
        project.aws("amplify").stop_job(**theirs)
        assert up.wait(timeout=120) == 0, said
    assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == "trace"
    assert project.jobs("staging") == ["SUCCEED", "CANCELLED", "SUCCEED"]


def start_a_long_build(project: Project) -> str:
    """One that ends only when it is stopped."""
    project.settings("aws", job_seconds=3000)
    job = project.aws("amplify").start_job(appId=project.app_id, branchName="staging", jobType="RELEASE")
    project.settings("aws", job_seconds=0.05)
    return str(job["jobSummary"]["jobId"])


def lines_until(words: str, output: IO[str] | None) -> Iterator[str]:
    assert output is not None
    for line in output:
        yield line
        if words in line:
            return
    raise AssertionError(f"the output ended without {words!r}")


def test_a_build_that_is_asked_for_keeps_what_the_project_says_of_the_builds_of_all(project: Project) -> None:
    path = project.folder / "Pulumi.yaml"
    content = yaml.safe_load(path.read_text())
    content["config"]["build"] = {"type": "object", "value": {"timeout": 600, "running": "cancel", "wait": True}}
    path.write_text(yaml.safe_dump(content))
    project.up("staging")
    for _ in range(2):
        done = project.ops("build", "staging", "start")
        assert done.status == 0, done.text
    shown = json.loads(project.good("config", "--json", "--stack", "staging"))
    stack = shown[f"{project.name}:build"]["objectValue"]
    force = stack.pop("force")
    assert (stack, bool(force)) == ({"timeout": 600, "running": "cancel", "wait": True}, True)
    assert project.jobs("staging") == ["SUCCEED"] * 3
