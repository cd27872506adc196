"""What somebody made by hand is taken over on the settings' word, told before, and left in place by a destroy."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.scenario.project import Project
from tests.scenario.test_build import start_a_long_build

HAND = "hand-made-and-maybe-secret"
OLD = {"LOG_LEVEL": "silly", "DATABASE_URL": "an-old-one", "THEIRS": HAND, "UNUSED": "1", "NODE_ENV": "production"}


def made_by_hand(project: Project) -> None:
    amplify, ssm = project.aws("amplify"), project.aws("ssm")
    amplify.create_branch(
        appId=project.app_id,
        branchName="staging",
        stage="EXPERIMENTAL",
        environmentVariables=OLD,
        enableAutoBuild=False,
    )
    name = f"/{project.name}/staging/NEXTAUTH_SECRET"
    ssm.put_parameter(Name=name, Value="by hand", Type="String", Tags=[{"Key": "by", "Value": "hand"}])


def adopt(project: Project, **more: str) -> None:
    project.edit("staging", "environment", adopt=True, adopt_parameters=["NEXTAUTH_SECRET"], **more)


@pytest.mark.parametrize("way", ["merge", "replace"])
def test_a_branch_and_a_parameter_are_adopted_and_outlive_the_stack(project: Project, way: str) -> None:
    made_by_hand(project)
    adopt(project, **({} if way == "merge" else {"adopt_variables": way}))
    project.edit("staging", "variables", UNUSED=None)
    before = project.snapshot()
    said = " ".join(project.good("preview", "--stack", "staging").split())
    assert project.snapshot() == before
    gone = "DATABASE_URL, UNUSED" if way == "merge" else "DATABASE_URL, THEIRS, UNUSED"
    assert "adopts the Amplify branch 'staging': adds the variables APP_ENV, " in said
    assert f"changes the variable LOG_LEVEL; removes the variables {gone}; leaves the variable" in said
    assert "its stage EXPERIMENTAL becomes BETA; a push builds it from now on" in said
    assert f"adopts the SSM parameter /{project.name}/staging/NEXTAUTH_SECRET" in said
    assert "an-old-one" not in project.heard[-1]
    project.up("staging")
    branch, variables = project.branch("staging"), project.branch("staging")["environmentVariables"]
    assert (branch["stage"], branch["enableAutoBuild"], variables["LOG_LEVEL"]) == ("BETA", True, "info")
    assert variables.get("THEIRS") == (HAND if way == "merge" else None)
    assert variables.keys().isdisjoint({"DATABASE_URL", "UNUSED"})
    assert project.parameters("staging")["NEXTAUTH_SECRET"] == ("SecureString", "made-up-for-staging")
    again = project.up("staging", "--expect-no-changes")
    assert "adopts" not in again
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert project.branch("staging")["environmentVariables"] == variables
    assert project.parameters("staging").keys() == {"NEXTAUTH_SECRET"}
    project.edit("staging", "environment", adopt=..., adopt_variables=..., adopt_parameters=...)
    before = project.snapshot()
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    said = " ".join(refused.text.split())
    assert "'staging' was there before this stack" in said
    assert f"/{project.name}/staging/NEXTAUTH_SECRET: was there before this stack" in said
    assert (project.snapshot(), project.branch("staging")["environmentVariables"]) == (before, variables)


def test_another_neon_branch_that_has_the_adopted_ones_name_is_not_taken_for_it(project: Project) -> None:
    def by_hand() -> str:
        project.settled()
        body = {"branch": {"name": "qa"}, "endpoints": [{"type": "read_write"}]}
        return str(project.neon("POST", "/branches", body)["branch"]["id"])

    first = by_hand()
    project.edit("staging", "database", branch="qa", adopt=True)
    project.up("staging")
    project.neon("DELETE", f"/branches/{first}")
    second = by_hand()
    project.settled()
    before = project.snapshot()
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    said = " ".join(refused.text.split())
    assert refused.status != 0
    assert f"this stack has adopted the Neon branch {first}, and 'qa' is another one by now ({second}, " in said
    assert project.snapshot() == before
    project.edit("staging", "database", recreate=True)
    assert "has done its work" not in project.up("staging")
    assert project.outputs("staging")["neon_branch_id"] == second
    assert "has done its work" in project.up("staging")


def test_of_an_adopted_branch_only_what_was_there_before_is_kept(project: Project) -> None:
    made_by_hand(project)
    adopt(project)
    project.edit("staging", "variables", EXTRA="1")
    project.up("staging")
    live = project.branch("staging")["environmentVariables"]
    assert (live["EXTRA"], live["THEIRS"], live["KEPT_VARIABLES"]) == ("1", HAND, "THEIRS UNUSED")
    listed = project.ops("variables", "staging").text
    assert re.search(r"^THEIRS +variable +kept: set by hand before adoption +\[secret\]$", listed, re.MULTILINE)
    assert re.search(r"^KEPT_VARIABLES +variable +the program +THEIRS UNUSED$", listed, re.MULTILINE)
    project.configure("staging", f"{project.name}:required", ["THEIRS", "NOWHERE"])
    missing = project.ops("variables", "staging")
    assert (missing.status, "NOWHERE is required, and nothing gives it a value" in missing.text) == (1, True)
    assert "THEIRS is required" not in missing.text
    project.configure("staging", f"{project.name}:required", ["THEIRS"])
    by_hand = {**live, "LATER": "by hand"}
    project.aws("amplify").update_branch(appId=project.app_id, branchName="staging", environmentVariables=by_hand)
    project.edit("staging", "variables", EXTRA=None, UNUSED=None, LOG_LEVEL="trace")
    shown = project.good("preview", "--stack", "staging", "--diff")
    assert "takes the variable UNUSED from the Amplify branch 'staging': set by hand before" in " ".join(shown.split())
    assert project.engine == "embedded" or re.search(r'~ LOG_LEVEL *: "info" => "trace"', shown)  # it shows no values
    project.up("staging")
    live = project.branch("staging")["environmentVariables"]
    assert live.keys().isdisjoint({"EXTRA", "LATER", "UNUSED"})
    assert (live["THEIRS"], live["KEPT_VARIABLES"]) == (HAND, "THEIRS")
    assert HAND not in "".join((project.state("staging"), *project.heard))


def test_a_build_that_runs_is_cancelled_on_request_before_the_branch_is_touched(project: Project) -> None:
    project.up("staging")
    start_a_long_build(project)
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.edit("staging", "build", running="cancel")
    assert "up cancels it before it changes the branch" in project.good("preview", "--stack", "staging")
    project.up("staging")
    assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == "trace"
    assert project.jobs("staging") == ["SUCCEED", "CANCELLED", "SUCCEED"]


def test_what_a_destroy_left_in_place_is_adopted_again_as_it_was_the_first_time(project: Project) -> None:
    made_by_hand(project)
    adopt(project)
    project.up("staging")
    project.sql("staging", "INSERT INTO notes (body) VALUES ('of the first one')")
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    left = project.branch("staging")["environmentVariables"]
    branch: Any = {"appId": project.app_id, "branchName": "staging"}
    project.aws("amplify").update_branch(**branch, environmentVariables={**left, "LATER": HAND})
    assert re.search(r"^LATER +variable +kept: set by hand", project.ops("variables", "staging").text, re.MULTILINE)
    said = " ".join(project.good("preview", "--stack", "staging").split())
    assert (
        "changes the variables KEPT_VARIABLES, PLAIN_NAMES; leaves the variables APP_ENV, BACKEND_MODE, LATER" in said
    )
    assert f"adopts the SSM parameter /{project.name}/staging/NEXTAUTH_SECRET" in said
    project.aws("amplify").update_branch(**branch, environmentVariables=left)
    project.wait_a_second()
    project.up("staging")
    assert project.branch("staging")["environmentVariables"] == left
    assert (project.jobs("staging"), project.notes("staging")) == (["SUCCEED", "SUCCEED"], {"from production"})
    assert "adopts" not in project.up("staging", "--expect-no-changes")
