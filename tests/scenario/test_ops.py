"""The day-to-day commands, as a person types them."""

from __future__ import annotations

from tests.scenario.project import Project


def test_build_builds_once_more(project: Project) -> None:
    project.up("staging")
    assert project.ops("build", "staging").status == 0
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def test_drift_ends_with_7_when_there_is_some_and_with_0_when_not(project: Project) -> None:
    project.up("staging")
    assert project.ops("drift", "staging").status == 0
    project.aws("ssm").put_parameter(Name=f"/{project.name}/staging/DATABASE_URL", Value="wrong", Overwrite=True)
    assert project.ops("drift", "staging").status == 7


def test_a_reset_that_is_declined_or_cannot_be_leaves_the_settings_as_they_were(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('still here')")
    project.wait_a_second()
    declined = project.ops("reset", "staging", given="n\n")
    assert declined.status != 0
    assert "overwrites all data" in declined.text
    assert "nothing was reset" in declined.text
    project.neon("PATCH", f"/branches/{project.outputs('staging')['neon_branch_id']}", {"branch": {"protected": True}})
    refused = project.ops("reset", "staging", "--yes")
    assert refused.status != 0
    assert "is protected" in refused.text
    project.up("staging")
    assert "still here" in project.notes("staging")
