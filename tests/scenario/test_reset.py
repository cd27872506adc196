"""Freshness: data is copied from the source when it is older than declared, and never otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.scenario.project import Project


def now(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_reset_brings_the_sources_data_under_the_same_connection_strings_and_builds_once(project: Project) -> None:
    project.up("prod")
    project.up("staging")
    before = project.outputs("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('lost by the reset')")
    project.sql("prod", "INSERT INTO notes VALUES ('new in production')")
    project.wait_a_second()
    wanted = now()
    project.edit("staging", "database", fresh_after=wanted)
    project.up("staging")
    after = project.outputs("staging")
    assert project.notes("staging") == {"from production", "new in production"}
    assert (after["database_url"], after["direct_url"]) == (before["database_url"], before["direct_url"])
    assert after["last_reset_at"] > before["last_reset_at"]
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]
    project.sql("staging", "INSERT INTO notes VALUES ('after the reset')")
    for same in (..., wanted):
        project.edit("staging", "database", fresh_after=same)
        project.up("staging")
    assert "after the reset" in project.notes("staging")
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def test_data_that_is_fresh_enough_is_left_alone_and_a_preview_says_what_a_reset_will_overwrite(
    project: Project,
) -> None:
    before = project.mutations().count("restoreProjectBranch")
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('kept')")
    project.edit("staging", "database", fresh_after=now(days=-1))
    project.up("staging")
    project.up("staging", "--expect-no-changes")
    assert project.jobs("staging") == ["SUCCEED"]
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=now())
    said = project.good("preview", "--stack", "staging")
    assert "the reset overwrites all data of the Neon branch 'staging'" in said
    assert "with that of 'main'" in said
    that_cannot_be_meant_is_refused(project)
    assert "kept" in project.notes("staging")
    assert project.outputs("staging")["last_reset_at"] == ""
    assert project.mutations().count("restoreProjectBranch") == before


def that_cannot_be_meant_is_refused(project: Project) -> None:
    for change, reason in (
        ({"fresh_after": now(days=1)}, "lies in the future"),
        ({"source": "staging", "fresh_after": now()}, "source and branch are the same"),
    ):
        project.edit("staging", "database", **change)
        refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
        assert (refused.status != 0, reason in refused.text) == (True, True), refused.text


def reset_that_keeps(project: Project, note: str, **settings: bool) -> str:
    """The name of the branch that holds the old data, with ``note`` in it."""
    project.sql("staging", f"INSERT INTO notes VALUES ('{note}')")
    project.wait_a_second()
    wanted = project.now()
    kept = f"staging-kept-{wanted.replace('-', '').replace(':', '')}"
    project.edit("staging", "database", fresh_after=wanted, **settings)
    assert f"is kept as the branch '{kept}'" in project.good("preview", "--stack", "staging")
    project.up("staging")
    assert project.notes("staging") == {"from production"}
    assert project.notes_on(project.neon_branches()[kept]["id"]) == {"from production", note}
    return kept


def test_a_reset_keeps_the_old_data_as_one_branch_when_it_is_needed(project: Project) -> None:
    project.up("staging")
    asked_for = reset_that_keeps(project, "kept", keep=True)
    assert f"is kept as {asked_for}, and costs money" in project.up("staging", "--expect-no-changes")
    assert project.neon_branches().keys() == {"main", "staging", asked_for}
    branch_id = project.outputs("staging")["neon_branch_id"]
    project.neon("POST", "/branches", {"branch": {"name": "qa", "parent_id": branch_id}})
    with_a_child = reset_that_keeps(project, "kept for the child", keep=False)
    branches = project.neon_branches()
    assert branches.keys() == {"main", "staging", asked_for, with_a_child, "qa"}
    assert branches["qa"]["parent_id"] == branches[with_a_child]["id"]


def test_protection_of_the_settings_or_of_somebody_in_neon_is_lifted_before_the_reset_by_a_word_alone(
    project: Project,
) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('overwritten')")
    branch_id = project.outputs("staging")["neon_branch_id"]
    project.neon("PATCH", f"/branches/{branch_id}", {"branch": {"protected": True}})
    said = " ".join(project.good("preview", "--stack", "staging").split())
    assert "is protected in Neon, and the database settings say nothing of it: it stays so" in said
    project.up("staging")
    assert project.neon_branches()["staging"]["protected"]
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=now())
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "with protected: false in the database settings, up lifts that" in " ".join(refused.text.split())
    assert "overwritten" in project.notes("staging")
    project.edit("staging", "database", protected=True)
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "with protected: false in the database settings, up lifts that" in " ".join(refused.text.split())
    project.edit("staging", "database", protected=False)
    said = " ".join(project.good("preview", "--stack", "staging").split())
    assert "is protected in Neon, and protected: false in the settings: up lifts that. Then the reset" in said
    project.up("staging")
    assert project.notes("staging") == {"from production"}
    assert not project.neon_branches()["staging"]["protected"]


def test_a_branch_that_has_the_name_of_the_copy_is_not_taken_for_it(project: Project) -> None:
    project.up("staging")
    project.wait_a_second()
    wanted = project.now()
    kept = f"staging-kept-{wanted.replace('-', '').replace(':', '')}"
    other = project.neon("POST", "/branches", {"branch": {"name": kept}})["branch"]["id"]
    project.sql("staging", "INSERT INTO notes VALUES ('written since')")
    project.edit("staging", "database", fresh_after=wanted, keep=True)
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert f"Delete or rename '{kept}', or set a later fresh_after" in " ".join(refused.text.split())
    assert "written since" in project.notes("staging")
    project.neon("DELETE", f"/branches/{other}")
    project.up("staging")
    assert project.notes("staging") == {"from production"}
    assert "written since" in project.notes_on(project.neon_branches()[kept]["id"])
