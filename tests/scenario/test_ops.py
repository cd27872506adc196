"""The day-to-day commands, as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO

from tests.scenario.project import Project


def test_build_builds_once_more_and_drift_ends_with_7_when_there_is_some_and_with_0_when_not(
    project: Project,
) -> None:
    project.up("staging")
    assert project.ops("build", "staging").status == 0
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]
    assert project.ops("drift", "staging").status == 0
    project.aws("ssm").put_parameter(Name=f"/{project.name}/staging/DATABASE_URL", Value="wrong", Overwrite=True)
    assert project.ops("drift", "staging").status == 7


def test_variables_are_listed_with_their_sources_and_no_secret(project: Project) -> None:
    token = "-".join(("tok", "9f3a", "secret"))
    project.good("config", "set", "--secret", "--path", "secrets.MAIL_TOKEN", token, "--stack", "staging")
    listed = project.ops("variables", "staging")
    assert listed.status == 0, listed.text
    lines = {line.split()[0]: line.split() for line in listed.text.splitlines() if line.strip()}
    assert lines["LOG_LEVEL"] == ["LOG_LEVEL", "variable", "variables", "info"]
    assert lines["NODE_ENV"] == ["NODE_ENV", "variable", "common_variables", "production"]
    assert lines["NEXTAUTH_URL*"][2:] == ["environment.url", "https://staging.nailit.app"]
    assert lines["DATABASE_URL*"][1:] == ["parameter", "the", "database", "[secret]"]
    assert lines["NEXTAUTH_SECRET*"][2:] == ["SSM", f"/team/{project.name}/staging/NEXTAUTH_SECRET", "[secret]"]
    assert lines["MAIL_TOKEN"][2:] == ["secrets", "of", "the", "stack", "file", "[secret]"]
    assert token not in listed.text


def test_outputs_come_in_the_form_that_is_asked_for_and_secrets_only_when_asked_for(project: Project) -> None:
    project.up("staging")
    whole = project.outputs("staging")
    plain = json.loads(project.ops("outputs", "staging").text)
    assert plain.keys() == whole.keys() - {"database_url", "direct_url"}
    dotenv = project.ops("outputs", "staging", "--format", "dotenv").text.splitlines()
    assert f"URL='{whole['url']}'" in dotenv
    github = project.ops("outputs", "staging", "--format", "github").text.splitlines()
    assert f"git_branch={whole['git_branch']}" in github
    asked = project.ops("outputs", "staging", "--format", "dotenv", "--secrets").text.splitlines()
    assert f"DATABASE_URL='{whole['database_url']}'" in asked
    project.heard.pop()  # the secrets that were asked for
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    gone = project.ops("outputs", "staging")
    assert (gone.status, "staging has no outputs: it was destroyed, or never up" in gone.text) == (1, True)


def test_a_reset_that_is_declined_or_cannot_be_leaves_the_settings_as_they_were(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('still here')")
    project.wait_a_second()
    declined = project.ops("reset", "staging", given="n\n")
    assert declined.status != 0
    assert "overwrites all data" in declined.text
    assert "nothing was reset" in declined.text
    project.edit("staging", "database", protected=True)
    project.up("staging")
    refused = project.ops("reset", "staging", "--yes")
    assert refused.status != 0
    assert "is protected" in refused.text
    project.up("staging")
    assert "still here" in project.notes("staging")


def test_a_command_that_is_killed_at_its_question_has_written_nothing(project: Project) -> None:
    project.up("staging")
    files = {path: path.read_text() for path in project.folder.glob("Pulumi*.yaml")}
    kept = project.good("config", "--stack", "staging")
    for command in ("reset", "rotate"):
        kill_at_its_question(project, command)
        assert project.good("config", "--stack", "staging") == kept
        assert {path: path.read_text() for path in files} == files


def kill_at_its_question(project: Project, command: str) -> None:
    words = [sys.executable, "-m", "ops", command, "staging"]
    with subprocess.Popen(
        words, env=dict(project.env), cwd=project.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        until_asked(process.stdout)
        process.kill()


def until_asked(out: IO[bytes]) -> None:
    """Reads until the question, which ends without a line's end."""
    said = b""
    while not said.endswith(b"[y/N]: "):
        more = out.read(1)
        assert more, said.decode()
        said += more


def test_production_has_nothing_to_be_reset_from(project: Project) -> None:
    project.up("prod")
    refused = project.ops("reset", "prod", "--yes")
    assert (refused.status, "prod has a database that is copied from no source" in refused.text) == (1, True)
    assert project.notes("prod") == {"from production"}


def test_builds_are_listed_cancelled_logged_and_an_old_commit_is_built_once_more(project: Project) -> None:
    project.up("staging")
    pushed = "c0ffee" + "1" * 34
    theirs = {"appId": project.app_id, "branchName": "staging", "jobType": "RELEASE"}
    project.aws("amplify").start_job(**theirs, commitId=pushed)
    nothing = project.ops("build", "staging", "cancel")
    assert "build 2 of staging ended as" in nothing.text or "no build of staging runs" in nothing.text
    project.settings("aws", job_seconds=3000)
    project.aws("amplify").start_job(**theirs, commitId="d0d0" * 10)
    project.settings("aws", job_seconds=0.05)
    assert "`python -m ops build staging status` lists" in project.ops("build", "staging", "log", "99").text
    wrong = project.ops("build", "staging", "cancel", "2")
    assert (wrong.status, "build 2 of staging does not run, build 3 does: nothing was cancelled" in wrong.text) == (
        1,
        True,
    )
    cancelled = project.ops("build", "staging", "cancel")
    assert (cancelled.status, "build 3 of staging ended as CANCELLED" in cancelled.text) == (0, True), cancelled.text
    assert project.ops("build", "staging", "retry", "2").status == 0
    newest = project.aws("amplify").list_jobs(appId=project.app_id, branchName="staging")["jobSummaries"][0]
    assert (newest["jobType"], newest["commitId"], newest["status"]) == ("RETRY", pushed, "SUCCEED")
    lines = project.ops("build", "staging", "status").text.splitlines()
    assert lines[1].split()[:4] == ["4", "SUCCEED", "RETRY", pushed[:10]]
    assert lines[4].split()[4] == project.outputs("staging")["stamp"][:8]
    secret = {"Name": f"/{project.name}/staging/MADE_UP", "Type": "SecureString", "Value": "of job"}
    project.aws("ssm").put_parameter(**secret)
    assert "BUILD *** 4" in project.ops("build", "staging", "log").text
    assert "NotFoundException" in project.ops("build", "staging", "log", "99").text


def test_a_reset_names_the_copy_that_it_kept_and_that_blocks_nothing(project: Project) -> None:
    project.edit("staging", "database", keep=True)
    first = project.ops("reset", "staging", "--yes")
    assert (first.status, "Nothing was to be reset: the Neon branch br-" in first.text) == (0, True), first.text
    project.wait_a_second()
    done = project.ops("reset", "staging", "--yes")
    assert done.status == 0, done.text
    kept = next(name for name in project.neon_branches() if name.startswith("staging-kept-"))
    assert f"is kept as the Neon branch {kept}" in done.text
    project.edit("staging", "database", branch="stage")
    project.up("staging")
    stays = f"what resets overwrote is kept as {kept} (under a name that no Neon branch has any more: a former one"
    assert stays in " ".join(project.good("preview", "--stack", "staging").split())
    said = project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert f"the Neon branch 'stage' is deleted; {stays}" in " ".join(said.split())
    assert project.neon_branches().keys() == {"main", kept}
