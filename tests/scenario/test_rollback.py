"""A deployment that turned out bad is taken back: code, variables, parameters, a stuck backend; and stays back."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from hosting.backends import backend_stack
from tests.scenario.killing import Moment, kill_ops_at, wait_until
from tests.scenario.project import ROOT, Project
from tests.scenario.standins import put
from tests.scenario.test_application import Application
from tests.scenario.test_first_up import refused_up

FIVE_MINUTES = 300.0
PAGE = "\nwriteFileSync('.next/version', '{}')\n"


def commit(application: Application, version: str, more: Mapping[str, str] | None = None) -> str:
    """A commit on staging whose site tells a version; ``more`` are files that it has too."""
    script = (ROOT / "examples" / "app" / "build.js").read_text() + PAGE.format(version)
    return application.repository.commit({"build.js": script, **(more or {})}, "staging")


def with_visits() -> dict[str, str]:
    """What gives the backend a table more."""
    data = "amplify/data/resource.ts"
    return {
        data: (ROOT / "examples" / "app" / data).read_text().replace("  Quote: a", "  Visit: a.model({}),\n  Quote: a")
    }


def tables(project: Project) -> set[str]:
    return set(project.aws("dynamodb").list_tables()["TableNames"])


def newest(project: Project) -> dict[str, Any]:
    jobs = project.aws("amplify").list_jobs(appId=project.app_id, branchName="staging")["jobSummaries"]
    found: dict[str, Any] = jobs[0]
    return found


def put_status(project: Project, stack: str, status: str) -> None:
    body = {"stack": stack, "status": status, "reason": "a table could not go back"}
    put(f"{project.env['AWS_ENDPOINT_URL']}/_localcloud/stack-status", body)


def seconds(job: dict[str, Any]) -> float:
    return float((job["endTime"] - job["startTime"]).total_seconds())


def stays_held(project: Project) -> None:
    """Neither an up, nor one to another branch, nor a reset ends it."""
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "was rolled back and is held at build 1" in refused.text
    project.edit("staging", "environment", git_branch="other")
    away = " ".join(refused_up(project).split())
    assert "staging: was rolled back and is held at build 1" in away
    assert f"as the Amplify branch staging of the app {project.app_id}: name that in the settings again" in away
    project.edit("staging", "environment", git_branch="staging")
    reset = project.ops("reset", "staging", "--yes")
    assert (reset.status != 0, "is held at build 1" in reset.text) == (True, True)
    assert not project.branch("staging")["enableAutoBuild"]


def costs_a_table(project: Project, since: set[str]) -> None:
    """A rollback whose old code lacks a table wants a word of its own for it."""
    (visit,) = tables(project) - since
    builds = len(project.jobs("staging"))
    refused = project.ops("rollback", "staging", "--yes")
    assert refused.status == 1, refused.text
    assert f"tables that were made after build 1: {visit} (about 0 records)" in refused.text
    assert f"nothing was rolled back: the backend's old code does not have {visit}" in refused.text
    assert ("pulumi:held" in project.branch("staging")["tags"], len(project.jobs("staging"))) == (False, builds)
    assert visit in tables(project)


def test_a_bad_deployment_is_taken_back_and_stays_so_until_it_is_resumed(project: Project) -> None:
    application = Application.of(project)
    good = commit(application, "good")
    project.edit("staging", "backend", mode="own")
    project.up("staging")
    assert (newest(project)["commitId"], application.served("version")) == ("HEAD", "good")
    strings, before = project.parameters("staging")["DATABASE_URL"], tables(project)

    bad = commit(application, "bad", with_visits())
    source = f"/team/{project.name}/staging/NEXTAUTH_SECRET"
    project.aws("ssm").put_parameter(Name=source, Value="made-up-for-staging-anew", Overwrite=True)
    project.edit("staging", "variables", LOG_LEVEL="trace", NEW="1")
    project.up("staging")
    assert application.served("version") == "bad"
    costs_a_table(project, before)
    stack = backend_stack(project.app_id, "staging")
    put_status(project, stack, "UPDATE_ROLLBACK_FAILED")

    busy = {
        "amplify:TagResource": 1,
        "amplify:UpdateBranch": 2,
        "ssm:PutParameter": 5,
    }  # botocore itself asks four times
    project.settings("aws", throttle=busy)
    done = project.ops("rollback", "staging", "--yes", "--accept-table-loss")
    assert done.status == 0, done.text
    for what in ("holding the Amplify branch", "ending the automatic builds", "putting back the SSM parameter"):
        assert re.search(f"{what} .*Rate exceeded; waiting", done.text), done.text
    assert f"staging is back at commit {good}" in done.text
    assert "variable LOG_LEVEL gets back its value of then" in done.text
    assert "staging was rolled back and is held at build 1" in project.ops("verify", "staging").text
    assert "this does not undo:\n  the database: migrations that ran and data that was written since stay" in done.text
    assert "DATABASE_URL and DIRECT_URL: they fit the database as it is now" in done.text
    assert (application.served("version"), tables(project)) == ("good", before)
    took = seconds(newest(project))
    print(f"a rollback took {took:.1f} s of emulated build time", file=sys.stderr)  # noqa: T201
    assert (newest(project)["jobId"], took < FIVE_MINUTES) == ("3", True)
    variables = project.branch("staging")["environmentVariables"]
    assert (variables["LOG_LEVEL"], "NEW" in variables) == ("info", False)
    assert project.parameters("staging")["NEXTAUTH_SECRET"][1] == "made-up-for-staging"
    assert project.parameters("staging")["DATABASE_URL"] == strings

    stays_held(project)
    resumed = project.ops("resume", "staging", "--yes")
    assert resumed.status == 0, resumed.text
    branch = project.branch("staging")
    assert (branch["environmentVariables"]["LOG_LEVEL"], branch["enableAutoBuild"]) == ("trace", True)
    assert "BUILD_COMMIT" not in branch["environmentVariables"]
    assert ("pulumi:held" in branch["tags"], application.served("version")) == (False, "bad")
    where = {"Name": f"/{project.name}/.deployments/staging", "WithDecryption": True}
    history = project.aws("ssm").get_parameter_history(**where)["Parameters"]
    assert {one["Type"] for one in history} == {"SecureString"}
    assert [json.loads(one["Value"])["commit"] for one in history][1::2] == [good, bad, good, bad]


COMMIT = "c0ffee" + "1" * 34
HALF_WAY = [
    pytest.param(("amplify:TagResource",), marks=pytest.mark.proof),
    pytest.param(("amplify:TagResource", "ssm:PutParameter"), marks=pytest.mark.proof),
    pytest.param(("amplify:UpdateBranch", "ssm:PutParameter", "amplify:UpdateBranch"), marks=pytest.mark.proof),
    ("amplify:StartJob",),
]


@pytest.mark.parametrize("seen", HALF_WAY, ids=" ".join)
def test_a_rollback_that_was_killed_half_way_is_finished_by_another(project: Project, seen: tuple[str, ...]) -> None:
    project.up("staging")
    job = {"appId": project.app_id, "branchName": "staging", "jobType": "RELEASE"}
    started = project.aws("amplify").start_job(**job, commitId=COMMIT)["jobSummary"]["jobId"]
    wait_until(lambda: project.jobs("staging")[-1] == "SUCCEED", "the build of a push")
    source = f"/team/{project.name}/staging/NEXTAUTH_SECRET"
    project.aws("ssm").put_parameter(Name=source, Value="made-up-for-staging-anew", Overwrite=True)
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.up("staging")

    kill_ops_at(project, Moment(seen=seen), "rollback", "staging", "--yes")
    assert "was rolled back and is held" in refused_up(project)
    done = project.ops("rollback", "staging", "--yes")
    assert (done.status, f"staging is back at commit {COMMIT}" in done.text) == (0, True), done.text
    branch = project.branch("staging")
    assert (branch["environmentVariables"]["LOG_LEVEL"], branch["enableAutoBuild"]) == ("info", False)
    assert branch["tags"]["pulumi:held"].startswith(f"build {started}")
    assert project.parameters("staging")["NEXTAUTH_SECRET"][1] == "made-up-for-staging"
    assert (newest(project)["jobType"], newest(project)["commitId"], newest(project)["status"]) == (
        *("RETRY", COMMIT, "SUCCEED"),
    )
