"""What is lost is said before it is lost: a database that is declared no more, and one that is to expire."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.scenario.killing import Moment, kill_at
from tests.scenario.project import Project, Result
from tests.scenario.test_copies import below
from tests.scenario.test_verify import deploy_backend


def preview(project: Project) -> str:
    return " ".join(project.good("preview", "--stack", "staging").split())


def test_a_command_that_shows_no_preview_loses_no_database_by_the_way(project: Project) -> None:
    project.up("staging")
    leave_out_the_database(project)
    for words in (("build", "staging", "start"), ("deploy", "staging"), ("repair", "staging", "--yes")):
        refused = project.ops(*words)
        said = " ".join(refused.text.split())
        assert refused.status != 0
        assert "up deletes the Neon branch 'staging'" in said
        assert "Nobody has looked at a preview of that, so nothing was done" in said
    assert project.notes("staging") == {"from production"}


def leave_out_the_database(project: Project) -> None:
    project.leave_out("staging", "database")
    project.configure("staging", f"{project.name}:required", ["NEXTAUTH_SECRET"])


def test_a_change_of_the_amplify_branch_that_failed_is_not_taken_back_by_deleting_both(project: Project) -> None:
    project.settings("aws", fail_next_job={f"{project.app_id}/staging": "BUILD"})
    project.edit("staging", "backend", mode="own")
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    project.edit("staging", "environment", git_branch="other")
    unseen = project.ops("build", "staging", "start")
    assert (unseen.status != 0, project.git_branches()) == (True, {"staging"})
    assert "up deletes the Amplify branch 'staging'" in " ".join(unseen.text.split())
    project.wait_a_second()
    project.settings("aws", fail_next_job={f"{project.app_id}/other": "BUILD"})
    assert "up deletes the Amplify branch 'staging'" in preview(project)
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    project.edit("staging", "environment", git_branch="staging")
    said = " ".join(refused(project).text.split())
    assert "a change to other was begun and is not done" in said
    assert project.git_branches() == {"staging", "other"}
    project.edit("staging", "environment", git_branch="other")
    project.edit("staging", "backend", mode="none")
    deploy_backend(project, "staging", f"{project.name}-todo")
    assert "up deletes the Amplify branch 'staging'" in " ".join(project.up("staging").split())
    assert project.git_branches() == {"other"}


def test_the_way_back_from_a_change_of_the_amplify_branch_that_failed_keeps_the_branch_and_its_builds(
    project: Project,
) -> None:
    project.up("staging")
    project.edit("staging", "environment", git_branch="other")
    project.wait_a_second()
    project.settings("aws", fail_next_job={f"{project.app_id}/other": "BUILD"})
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    said = " ".join(failed.text.split())
    assert failed.status != 0
    assert f"up deletes the Amplify branch 'staging' of the app {project.app_id} with the site that it serves" in said
    early = project.ops("turn-back", "staging", "--yes")
    assert (early.status, "put the old ones back first" in " ".join(early.text.split())) == (1, True), early.text
    project.edit("staging", "environment", git_branch="staging")
    no = project.ops("turn-back", "staging", given="n\n")
    assert (no.status, "is deleted: the Amplify branch other" in no.text) == (1, True), no.text
    assert project.git_branches() == {"staging", "other"}
    done = project.ops("turn-back", "staging", "--yes")
    assert done.status == 0, done.text
    assert (project.git_branches(), project.jobs("staging")) == ({"staging"}, ["SUCCEED"])
    again = project.ops("turn-back", "staging", "--yes")
    assert (again.status, "nothing to turn back" in " ".join(again.text.split())) == (1, True), again.text


def test_a_change_to_an_adopted_branch_that_failed_is_taken_back_and_deletes_neither(project: Project) -> None:
    project.configure("staging", f"{project.name}:build_secrets", ["NEXTAUTH_SECRET"])
    project.edit("staging", "application", runtime="ssm")
    project.up("staging")
    project.aws("amplify").create_branch(appId=project.app_id, branchName="theirs", environmentVariables={"A": "x"})
    project.edit("staging", "environment", git_branch="theirs", adopt=True)
    project.wait_a_second()
    project.settings("aws", fail_next_job={f"{project.app_id}/theirs": "BUILD"})
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    project.edit("staging", "environment", git_branch="staging", adopt=...)
    assert "a change to theirs was begun and is not done" in " ".join(refused(project).text.split())
    file = project.folder / "Pulumi.staging.yaml"
    settings = file.read_text()
    leave_out_the_database(project)
    before = project.snapshot()
    unfit = project.ops("turn-back", "staging", "--yes")
    assert (unfit.status != 0, project.snapshot()) == (True, before)
    assert "up deletes the Neon branch 'staging'" in " ".join(unfit.text.split())
    file.write_text(settings)
    done = project.ops("turn-back", "staging", "--yes")
    assert done.status == 0, done.text
    assert (
        "stays in Amplify, with what this stack made of its variables and tags: the Amplify branch theirs" in done.text
    )
    assert (project.git_branches(), project.jobs("staging")) == ({"staging", "theirs"}, ["SUCCEED"])
    assert project.branch("staging")["computeRoleArn"].endswith(f"/{project.name}@staging")
    assert project.branch("theirs").get("computeRoleArn", "") == ""
    assert below(project, f"/amplify/{project.app_id}/staging").keys() == {"NEXTAUTH_SECRET"}
    project.up("staging", "--expect-no-changes")


def test_a_change_of_the_app_that_failed_is_not_taken_back_by_deleting_both_branches(project: Project) -> None:
    project.up("staging")
    amplify = project.aws("amplify")
    second = amplify.create_app(name=f"{project.name}-second")["app"]["appId"]
    project.configure("staging", f"{project.name}:app", {"id": second})
    project.wait_a_second()
    project.settings("aws", fail_next_job={f"{second}/staging": "BUILD"})
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    project.leave_out("staging", "app")
    said = " ".join(refused(project).text.split())
    assert f"a change to staging of the app {second} was begun and is not done" in said
    assert f"put the app {second} and git_branch: staging back" in said
    done = project.ops("turn-back", "staging", "--yes")
    assert done.status == 0, done.text
    assert f"is deleted: the Amplify branch staging of the app {second}" in done.text
    assert (project.git_branches(), project.jobs("staging")) == ({"staging"}, ["SUCCEED"])
    assert amplify.list_branches(appId=second)["branches"] == []
    project.up("staging", "--expect-no-changes")


def refused(project: Project) -> Result:
    """An up that has to fail, in one clear message, with nothing changed."""
    before, mutations = project.snapshot(), project.mutations()
    result = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert result.status not in (0, 7), result.text
    assert not project.traceback(result)
    assert (project.snapshot(), project.mutations()) == (before, mutations)
    return result


def test_a_database_that_is_declared_no_more_is_deleted_only_after_it_was_said(project: Project) -> None:
    project.edit("staging", "database", protected=True)
    project.up("staging")
    branch, file = project.outputs("staging")["neon_branch_id"], project.folder / "Pulumi.staging.yaml"
    settings = file.read_text()
    leave_out_the_database(project)
    assert "it is protected in Neon: set protected: false" in refused(project).text
    file.write_text(settings)
    project.edit("staging", "database", protected=False)
    project.up("staging")
    project.neon("POST", "/branches", {"branch": {"name": "qa", "parent_id": branch}})
    leave_out_the_database(project)
    assert "other branches were made from it: delete qa first" in refused(project).text
    project.neon("DELETE", f"/branches/{project.neon_branches()['qa']['id']}")
    said = preview(project)
    assert re.search(rf"up deletes the Neon branch 'staging' \({branch}, [\d.]+ MiB\) and all its data for good", said)
    assert "staging" in project.neon_branches()
    assert "up deletes the Neon branch" in project.up("staging")
    assert project.neon_branches().keys() == {"main"}
    assert project.parameters("staging").keys() == {"NEXTAUTH_SECRET"}
    assert "Neon branch" not in project.up("staging", "--expect-no-changes")


def test_a_database_that_is_declared_no_more_before_any_up_has_ended_is_told_too(project: Project) -> None:
    kill_at(project, Moment(seen=("ssm:PutParameter",)), whole_group=False)
    branch = project.ours()[0]["id"]
    project.good("cancel", "--stack", "staging", "--yes")
    leave_out_the_database(project)
    said = preview(project)
    assert re.search(rf"up deletes the Neon branch 'staging' \({branch}, [\d.]+ MiB\) and all its data for good", said)
    assert "of an up that did not end" in said
    assert "staging" in project.neon_branches()


def told_time(said: str) -> datetime:
    found = re.search(r"all its data at (\S+) if up is run now", said)
    assert found is not None, said
    return datetime.fromisoformat(found[1])


def test_a_time_to_live_that_is_new_or_shorter_is_told_with_the_time(project: Project) -> None:
    project.up("staging")
    branch = project.outputs("staging")["neon_branch_id"]
    project.edit("staging", "database", ttl="7d")
    said = preview(project)
    assert abs(told_time(said) - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=2)
    assert "until now it stays" in said
    project.up("staging")
    expires = project.neon_branches()["staging"]["expires_at"]
    assert abs(datetime.fromisoformat(expires) - told_time(said)) < timedelta(minutes=2)
    project.edit("staging", "database", ttl="2d")
    assert f"instead of at {expires}" in preview(project)
    for longer in ("7d", "8d"):
        project.edit("staging", "database", ttl=longer)
        assert "Neon deletes" not in preview(project)
    project.edit("staging", "database", ttl=...)
    project.up("staging")
    project.neon("POST", "/branches", {"branch": {"name": "qa", "parent_id": branch}})
    project.edit("staging", "database", ttl="7d")
    assert "gets no time to live: other branches were made from it: delete qa first" in refused(project).text


def is_blocked(project: Project) -> None:
    """A destroy names the reason and deletes nothing."""
    before, mutations = project.snapshot(), project.mutations()
    blocked = project.pulumi("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert blocked.status != 0
    assert "is not deleted: other branches were made from it: delete qa first" in blocked.text
    assert not project.traceback(blocked)
    assert (project.snapshot(), project.mutations()) == (before, mutations)


def test_a_destroy_that_neon_would_block_deletes_nothing_after_a_first_build_that_failed_nor_later(
    project: Project,
) -> None:
    project.settings("aws", fail_next_job={f"{project.app_id}/staging": "BUILD"})
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    branch = project.neon_branches()["staging"]["id"]
    project.neon("POST", "/branches", {"branch": {"name": "qa", "parent_id": branch}})
    is_blocked(project)
    project.up("staging")
    assert project.outputs("staging")["neon_branch_id"] == branch
    is_blocked(project)
    before = project.snapshot()
    project.neon("DELETE", f"/branches/{project.neon_branches()['qa']['id']}")
    project.up("staging")
    assert (project.snapshot()[1:], project.jobs("staging")) == (before[1:], ["SUCCEED", "FAILED"])
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert project.neon_branches().keys() == {"main"}
