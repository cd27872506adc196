"""Jobs that are run for real: a local repository is cloned, built and deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

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
        ssm.put_parameter(Name=f"/amplify/{app_id}/main/K{number}", Value=f"hidden{number}", Type="SecureString")
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
    assert "hidden" not in str(project.server.journal())


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


def test_what_was_deployed_last_is_served_until_another_job_deploys(aws: Server, project: Project) -> None:
    project.repository.commit({"amplify.yml": specification('echo "$BOTH" > out/index.html')})
    project.run()
    display = project.amplify.get_branch(**project.branch)["branch"]["displayName"]
    host = {"Host": f"{display}.{project.branch['appId']}.amplifyapp.com"}
    assert requests.get(f"{aws.address}/", headers=host, timeout=5).text == "branch\n"
    project.amplify.update_branch(**project.branch, buildSpec=specification("echo new > out/index.html"))
    (project.repository.path / "amplify.yml").unlink()
    project.repository.commit({})
    aws.control("PUT", "settings", {"fail_next_job": {f"{project.branch['appId']}/main": "DEPLOY"}})
    assert failure(project.run()[1]) == ("DEPLOY", "DEPLOY was told to fail")
    site = f"{aws.address}/_localcloud/sites/{project.branch['appId']}/main/"
    assert requests.get(site, timeout=5).text == "branch\n"
    assert project.run()[0] == "SUCCEED"
    assert requests.get(site, timeout=5).text == "new\n"
    assert requests.get(f"{site}../../log/BUILD", timeout=5).status_code == 404


def test_the_cache_of_a_branch_is_there_in_its_next_build(project: Project) -> None:
    command = "mkdir -p kept && ls kept > out/seen && touch kept/$AWS_JOB_ID"
    project.repository.commit({"amplify.yml": specification(command, cache={"paths": ["kept/**/*"]})})
    project.run()
    project.run()
    site = f"{project.server.address}/_localcloud/sites/{project.branch['appId']}/main/seen"
    assert requests.get(site, timeout=5).text == "0000000001\n"


def test_a_build_has_as_long_as_the_branch_says(aws: Server, project: Project) -> None:
    project.amplify.update_branch(**project.branch, environmentVariables={"_BUILD_TIMEOUT": "5"})
    project.repository.commit({"amplify.yml": specification("sleep 60")})
    aws.control("PUT", "settings", {"minute_seconds": 0.1})
    try:
        step, reason = failure(project.run()[1])
    finally:
        aws.control("PUT", "settings", {"minute_seconds": 60})
    assert (step, "_BUILD_TIMEOUT" in reason) == ("BUILD", True)


def test_a_push_builds_its_commit_and_head_is_built_on_order(aws: Server, project: Project) -> None:
    first = project.repository.commit({"amplify.yml": specification()})
    place = {"app": project.branch["appId"], "name": "main"}
    assert aws.control("PUT", "push", place) == {"job": "1"}
    summary = project.reach("1", *ENDED)["summary"]
    assert (summary["commitId"], summary["commitMessage"]) == (first, "a change")
    second = project.repository.commit({"more": "x"})
    aws.control("PUT", "settings", {"build_head": True})
    try:
        again = project.run(jobType="RETRY", jobId="1")[1]
    finally:
        aws.control("PUT", "settings", {"build_head": False})
    assert again["summary"]["commitId"] == first
    assert f"HEAD is now at {second[:7]}" in project.log(again)
    project.amplify.update_branch(**project.branch, enableAutoBuild=False)
    assert aws.control("PUT", "push", place) == {"job": None}


def test_quotas_and_throttling_refuse_a_job(aws: Server, amplify: Any, app_id: str) -> None:
    branch = {"appId": app_id, "branchName": "main", "jobType": "RELEASE"}
    amplify.create_branch(appId=app_id, branchName="main")
    aws.control("PUT", "settings", {"most_jobs": 0, "throttle": {"amplify:StartJob": 1}})
    try:
        assert refusal(amplify.start_job, **branch) == (400, "BadRequestException", "Rate exceeded")
        status, code, said = refusal(amplify.start_job, **branch)
    finally:
        aws.control("PUT", "settings", {"most_jobs": 50})
    assert (status, code, "concurrent jobs" in said) == (429, "LimitExceededException", True)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"page": "x"}, "no build specification"),
        ({"amplify.yml": "version: 1"}, "frontend.artifacts"),
        ({"amplify.yml": specification("rm -r out")}, "Artifact directory doesn't exist: out"),
    ],
)
def test_a_build_that_has_no_result_fails_and_says_why(project: Project, files: dict[str, str], said: str) -> None:
    project.repository.commit(files)
    status, job = project.run()
    assert (status, said in failure(job)[1], said in project.log(job)) == ("FAILED", True, True)
