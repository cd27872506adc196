"""A password of an environment's own: declared by its age, set once, and followed by parameters and a build."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.scenario.killing import Moment, kill_at, repair
from tests.scenario.project import Project

ROTATION = "resetProjectBranchRolePassword"
OPENS = "open production ('main') with the same password"


def strings(project: Project) -> tuple[str, str]:
    found = project.parameters("staging")
    return found["DATABASE_URL"][1], found["DIRECT_URL"][1]


def password(uri: str) -> str:
    return str(urlsplit(uri).password)


def is_refused(uri: str) -> bool:
    try:
        psycopg.connect(uri, connect_timeout=20).close()
    except psycopg.OperationalError as error:
        return "password authentication failed" in str(error)
    return False


def shared_with_production(project: Project) -> tuple[str, str]:
    """An environment that was made from an unprotected production, and a second in which nothing has happened yet."""
    project.up("staging")
    project.wait_a_second()
    return strings(project)


def test_a_new_password_is_set_once_and_the_parameters_and_a_build_follow(project: Project) -> None:
    said = project.good("preview", "--stack", "staging")
    assert "gets the passwords of 'main', which is not protected" in said
    old = shared_with_production(project)
    assert OPENS in project.good("preview", "--stack", "staging")
    before = project.mutations().count(ROTATION)
    project.edit("staging", "database", password_after=project.now())
    said = project.good("preview", "--stack", "staging")
    assert "neondb_owner gets a new password" in said
    assert "cut off" in said
    assert OPENS not in said
    project.up("staging")
    new = strings(project)
    assert {password(one) for one in new}.isdisjoint(password(one) for one in old)
    assert new == (project.outputs("staging")["database_url"], project.outputs("staging")["direct_url"])
    assert project.notes("staging") == {"from production"}
    assert all(is_refused(uri) for uri in old)
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]
    quiet = project.up("staging", "--expect-no-changes")
    assert "password" not in quiet.replace("staging-password", "")
    project.edit("staging", "database", password_after="2026-01-01T00:00:00Z")
    project.up("staging", "--expect-no-changes")
    said = project.good("preview", "--stack", "staging")
    assert not re.search("changed outside|diff: ", said), said
    project.edit("staging", "database", fresh_after=project.now(), password_after=...)
    project.up("staging")
    assert strings(project) == new
    assert project.mutations().count(ROTATION) == before + 1


def test_a_first_up_ends_with_a_password_of_its_own_and_one_build(project: Project) -> None:
    project.edit("staging", "database", password_after="2026-01-01T00:00:00Z")
    project.up("staging")
    uri = project.uri_of(project.neon_branches()["main"]["id"])
    assert password(uri) not in {password(one) for one in strings(project)}
    assert project.notes("staging") == {"from production"}
    assert project.jobs("staging") == ["SUCCEED"]
    project.up("staging", "--expect-no-changes")


def test_a_killed_run_that_has_set_a_password_is_finished_and_sets_no_second_one(project: Project) -> None:
    old = shared_with_production(project)
    before = project.mutations().count(ROTATION)
    project.edit("staging", "database", password_after=project.now())
    kill_at(project, Moment(seen=(ROTATION,)), whole_group=True)
    repair(project)
    project.up("staging", "--expect-no-changes")
    assert project.mutations().count(ROTATION) == before + 1
    assert project.notes("staging") == {"from production"}
    assert strings(project)[1] == project.outputs("staging")["direct_url"]
    assert all(is_refused(uri) for uri in old)
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def test_rotate_shows_who_is_cut_off_asks_and_leaves_the_file_alone_after_a_no(project: Project) -> None:
    old = shared_with_production(project)
    declined = project.ops("rotate", "staging", given="n\n")
    assert (declined.status != 0, "cut off" in declined.text, "is as it was" in declined.text) == (True,) * 3
    assert "password_after" not in (project.folder / "Pulumi.staging.yaml").read_text()
    assert strings(project) == old
    agreed = project.ops("rotate", "staging", "--yes")
    assert agreed.status == 0, agreed.text
    assert all(is_refused(uri) for uri in old)
    assert project.notes("staging") == {"from production"}


@pytest.mark.parametrize("stack", ["prod"])
def test_production_gets_a_new_password_only_when_it_is_asked_for(project: Project, stack: str) -> None:
    project.up(stack)
    project.up("staging")
    theirs = strings(project)
    assert "with the same password" not in project.drift("staging").text  # a protected one gives none of its own
    project.wait_a_second()
    project.edit(stack, "database", password_after=project.now())
    assert "the default branch: production" in project.good("preview", "--stack", stack)
    old = project.outputs(stack)["direct_url"]
    project.up(stack)
    assert is_refused(old)
    assert project.notes(stack) == {"from production"}
    assert strings(project) == theirs
