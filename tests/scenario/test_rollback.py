"""A deployment that turned out bad is taken back: code, variables, parameters, a stuck backend; and stays back."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.localcloud.aws.repository import Repository, new_repository, specification
from tests.localcloud.aws.server import wait_for
from tests.scenario.project import Project
from tests.scenario.test_verify import deploy_backend

# What the build of this project says at its beginning.
SPECIFICATION = specification("echo environment: commit $(git rev-parse HEAD)")


def connect(project: Project, path: Path) -> tuple[Repository, str]:
    """Has the builds of the project's app be real ones, of a new repository; it, and its first commit on staging."""
    made = new_repository(path)
    first = made.commit({"amplify.yml": SPECIFICATION, "page": "good"}, branch="staging")
    project.aws("amplify").update_app(appId=project.app_id, repository=str(path), oauthToken="made-up")
    return made, first


def build_of_a_push(project: Project, commit: str) -> None:
    theirs = {"appId": project.app_id, "branchName": "staging"}
    project.aws("amplify").start_job(**theirs, jobType="RELEASE", commitId=commit)
    wait_for("the end of the push's build", lambda: project.jobs("staging")[0] == "SUCCEED", 60)


def newest(project: Project) -> dict[str, Any]:
    jobs = project.aws("amplify").list_jobs(appId=project.app_id, branchName="staging")["jobSummaries"]
    found: dict[str, Any] = jobs[0]
    return found


def put_status(project: Project, stack: str, status: str) -> None:
    body = json.dumps({"stack": stack, "status": status, "reason": "a table could not go back"}).encode()
    address = f"{project.env['AWS_ENDPOINT_URL']}/_localcloud/stack-status"
    request = urllib.request.Request(address, method="PUT", data=body)  # noqa: S310 - the stand-in, on loopback
    urllib.request.urlopen(request, timeout=20).close()  # noqa: S310


def test_a_bad_deployment_is_taken_back_and_stays_so_until_it_is_resumed(project: Project, tmp_path: Path) -> None:
    repository, good = connect(project, tmp_path / "repository")
    stack = deploy_backend(project, "staging", f"{project.name}-todo")
    project.edit("staging", "backend", mode="own")
    project.up("staging")
    build_of_a_push(project, good)
    strings = project.parameters("staging")["DATABASE_URL"]

    bad = repository.commit({"page": "bad"}, branch="staging")
    source = f"/team/{project.name}/staging/NEXTAUTH_SECRET"
    project.aws("ssm").put_parameter(Name=source, Value="made-up-for-staging-anew", Overwrite=True)
    project.edit("staging", "variables", LOG_LEVEL="trace", NEW="1")
    project.up("staging")
    put_status(project, stack, "UPDATE_ROLLBACK_FAILED")

    done = project.ops("rollback", "staging", "--yes")
    assert done.status == 0, done.text
    assert f"staging is back at commit {good}" in done.text
    assert "variable LOG_LEVEL: trace becomes info" in done.text
    assert (newest(project)["jobType"], newest(project)["commitId"]) == ("RETRY", good)
    variables = project.branch("staging")["environmentVariables"]
    assert (variables["LOG_LEVEL"], "NEW" in variables) == ("info", False)
    assert project.parameters("staging")["NEXTAUTH_SECRET"][1] == "made-up-for-staging"
    assert project.parameters("staging")["DATABASE_URL"] == strings
    status = project.aws("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    assert status == "UPDATE_ROLLBACK_COMPLETE"

    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "was rolled back and is held at build 2" in refused.text
    assert not project.branch("staging")["enableAutoBuild"]
    assert project.ops("resume", "staging", "--yes").status == 0
    branch = project.branch("staging")
    assert (branch["environmentVariables"]["LOG_LEVEL"], branch["enableAutoBuild"]) == ("trace", True)
    assert "pulumi:held" not in branch["tags"]
    history = project.aws("ssm").get_parameter_history(Name=f"/{project.name}/.deployments/staging")["Parameters"]
    assert [json.loads(one["Value"])["commit"] for one in history][1::2] == [good, bad, good, bad]
