"""Jobs that are run for real: a local repository is cloned, built and deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.localcloud.aws.project import ENDED, Project, failure, make_project, sleeping
from tests.localcloud.aws.repository import specification
from tests.localcloud.aws.server import Server, wait_for
from tests.localcloud.aws.test_address import refusal


@pytest.fixture
def project(aws: Server, tmp_path: Path) -> Project:
    return make_project(aws, tmp_path / "source")


def test_a_job_sees_what_amplify_gives_and_nothing_of_the_caller(project: Project, ssm: Any) -> None:
    app_id = project.branch["appId"]
    for number in range(12):
        ssm.put_parameter(Name=f"/amplify/{app_id}/main/K{number}", Value=f"v{number}", Type="SecureString")
    project.repository.commit({"amplify.yml": specification("env > out/env", "aws sts get-caller-identity > out/who")})
    status, job = project.run(commitMessage="words")
    assert (status, [step["status"] for step in job["steps"]]) == ("SUCCEED", ["SUCCEED"] * 3)
    kept = project.server.state / "builds" / app_id / "main" / "1" / "artifacts"
    seen = dict(line.split("=", 1) for line in (kept / "env").read_text().splitlines())
    assert seen.pop("secrets").count(": ") == 10
    assert {name: seen[name] for name in ("FROM_APP", "BOTH", "CI", "AWS_BRANCH", "AWS_JOB_ID", "AWS_COMMIT_ID")} == {
        "FROM_APP": "app",
        "BOTH": "branch",
        "CI": "true",
        "AWS_BRANCH": "main",
        "AWS_JOB_ID": "0000000001",
        "AWS_COMMIT_ID": "HEAD",
    }
    ours = {"FROM_APP", "BOTH", "CI", "PATH", "HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"}
    assert {name for name in seen if not name.startswith("AWS_")} <= ours
    assert "123456789012" in (kept / "who").read_text()


def test_commands_share_one_shell_and_the_first_that_fails_ends_the_build(project: Project) -> None:
    commands = ["export A=1", "mkdir -p sub && cd sub", "echo here: $A ${PWD##*/}", "(exit 3)", "echo never"]
    project.repository.commit({"amplify.yml": specification(*commands)})
    status, job = project.run()
    assert (status, failure(job)[0]) == ("FAILED", "BUILD")
    assert "3" in failure(job)[1]
    log = project.log(job)
    assert "here: 1 sub\n" in log
    assert "\nnever" not in log
    assert [step["status"] for step in job["steps"]] == ["FAILED", "CANCELLED", "CANCELLED"]


def test_a_retry_builds_the_commit_that_the_job_names(project: Project) -> None:
    first = project.repository.commit({"amplify.yml": specification(), "page": "first"})
    project.repository.commit({"page": "second"})
    assert project.run(commitId=first)[0] == "SUCCEED"
    status, again = project.run(jobType="RETRY", jobId="1")
    assert (status, again["summary"]["commitId"]) == ("SUCCEED", first)
    assert f"# Switching to commit: {first}" in project.log(again)


def test_a_stopped_job_leaves_no_process(project: Project) -> None:
    mark = f"987{psutil.Process().pid}"
    project.repository.commit({"amplify.yml": specification(f"setsid sleep {mark} & sleep {mark}")})
    job_id = project.start()
    wait_for("the command to run", lambda: len(sleeping(mark)) == 2)
    assert refusal(project.amplify.start_job, **project.branch, jobType="RELEASE")[1] == "LimitExceededException"
    project.amplify.stop_job(**project.branch, jobId=job_id)
    assert project.reach(job_id, *ENDED)["summary"]["status"] == "CANCELLED"
    wait_for("the end of its processes", lambda: not sleeping(mark))
