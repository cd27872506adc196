"""`pulumi preview` is the drift check: what a person changed in a console shows, and up mends it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.scenario.project import Project

CHANGES_FOUND = 7


def branch_path(project: Project) -> str:
    return f"/branches/{project.outputs('staging')['neon_branch_id']}"


def rename(project: Project) -> None:
    project.neon("PATCH", branch_path(project), {"branch": {"name": "renamed-by-hand"}})


def protect(project: Project) -> None:
    project.neon("PATCH", branch_path(project), {"branch": {"protected": True}})


def resize(project: Project) -> None:
    endpoint = project.neon("GET", f"{branch_path(project)}/endpoints")["endpoints"][0]["id"]
    sizes = {"autoscaling_limit_min_cu": 2, "autoscaling_limit_max_cu": 4}
    project.neon("PATCH", f"/endpoints/{endpoint}", {"endpoint": sizes})


def edit_variable(project: Project) -> None:
    variables = {**project.branch("staging")["environmentVariables"], "LOG_LEVEL": "silly", "ADDED": "by hand"}
    project.aws("amplify").update_branch(appId=project.app_id, branchName="staging", environmentVariables=variables)


def overwrite_parameter(project: Project) -> None:
    project.aws("ssm").put_parameter(Name=f"/{project.name}/staging/DATABASE_URL", Value="wrong", Overwrite=True)


def delete_parameter(project: Project) -> None:
    project.aws("ssm").delete_parameter(Name=f"/{project.name}/staging/DIRECT_URL")


def delete_hosted_branch(project: Project) -> None:
    project.aws("amplify").delete_branch(appId=project.app_id, branchName="staging")


def shown(text: str) -> set[str]:
    """The logical names of the resources that a preview lists."""
    names = ("database", "connection", "branch", "DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET")
    return {name for name in names if re.search(rf"[+~]\s.*\bstaging-{name}\b", text)}


@pytest.mark.parametrize(
    ("by_hand", "seen"),
    [
        (
            (rename, resize, protect, overwrite_parameter, edit_variable, delete_parameter),
            {"database", "DATABASE_URL", "branch", "DIRECT_URL"},
        ),
        ((delete_hosted_branch,), {"branch"}),
    ],
)
def test_what_was_changed_by_hand_is_shown_and_mended(
    project: Project, by_hand: tuple[Callable[[Project], None], ...], seen: set[str]
) -> None:
    project.edit("staging", "database", protected=False)
    project.up("staging")
    for change in by_hand:
        change(project)
    found = project.drift("staging")
    assert found.status == CHANGES_FOUND
    assert seen <= shown(found.text), found.text
    project.up("staging")
    assert project.drift("staging").status == 0
    assert project.parameters("staging")["DATABASE_URL"][1] == project.outputs("staging")["database_url"]
    assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == "info"
    assert not project.neon_branches()["staging"]["protected"]
    assert project.jobs("staging")[0] == "SUCCEED"  # a branch that was made anew has been built


def test_what_changes_by_itself_is_no_drift(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes SELECT repeat('x', 1000) FROM generate_series(1, 2000)")
    project.aws("amplify").start_job(appId=project.app_id, branchName="staging", jobType="RELEASE")
    assert project.drift("staging").status == 0


def test_a_database_branch_that_is_gone_is_never_silently_made_anew(project: Project) -> None:
    project.up("staging")
    project.neon("DELETE", branch_path(project))
    gone_is_refused(project)
    for key in ("DATABASE_URL", "DIRECT_URL"):
        project.aws("ssm").delete_parameter(Name=f"/{project.name}/staging/{key}")
    gone_is_refused(project)
    project.edit("staging", "database", recreate=True)
    project.up("staging")
    assert project.notes("staging") == {"from production"}
    assert project.drift("staging").status == 0


def gone_is_refused(project: Project) -> None:
    found = project.drift("staging")
    assert found.status == CHANGES_FOUND
    assert "is gone, its data is lost" in found.text
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "recreate: true" in refused.text
    assert "staging" not in project.neon_branches()
