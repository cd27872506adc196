"""An environment of each kind, brought up, changed and told of; the source's data stays where it is."""

from __future__ import annotations

from tests.scenario.project import Project

BODY = {"table": "notes", "column": "body", "function": "anon.fake_email()"}


def test_environments_without_the_sources_data_and_with_it_masked(project: Project) -> None:
    project.edit("dev", "database", kind="schema-only")
    project.up("dev")
    assert project.notes("dev") == set()
    project.edit("staging", "database", kind="anonymized", masking=[BODY])
    project.settings("neon", anonymization_fails="run")
    try:
        failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    finally:
        project.settings("neon", anonymization_fails=None)
    assert failed.status != 0
    assert "could not anonymize the branch 'staging'" in failed.text
    assert not project.traceback(failed)
    assert "DATABASE_URL" not in project.parameters("staging")
    project.up("staging")
    assert project.notes("staging") == {note for note in project.notes("staging") if "@example.com" in note}
    project.up("staging", "--expect-no-changes")
    change_rules(project)
    kind_and_freshness_are_refused(project)


def change_rules(project: Project) -> None:
    branch_id = project.outputs("staging")["neon_branch_id"]
    project.edit("staging", "database", masking=[{"table": "notes", "column": "body", "value": "'MASKED'"}])
    said = project.good("preview", "--stack", "staging")
    assert "changed: neondb.public.notes.body" in said
    assert "MASKED" not in str(project.notes("staging"))
    project.up("staging")
    assert project.notes("staging") == {"MASKED"}
    assert project.outputs("staging")["neon_branch_id"] == branch_id
    project.neon("PATCH", f"/branches/{branch_id}/masking_rules", {"masking_rules": []})
    assert project.drift("staging").status != 0
    project.up("staging")
    assert len(project.neon("GET", f"/branches/{branch_id}/masking_rules")["masking_rules"]) == 1


def kind_and_freshness_are_refused(project: Project) -> None:
    before = project.snapshot()
    project.edit("staging", "database", kind="copy", masking=[])
    other = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert other.status != 0
    assert "is an anonymized copy, and kind is copy" in other.text
    project.edit("dev", "database", fresh_after=project.now())
    stale = project.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    assert stale.status != 0
    assert "a schema-only branch is a root branch" in stale.text
    assert project.snapshot() == before
