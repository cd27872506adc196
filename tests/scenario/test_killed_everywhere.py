"""SIGKILL at every kind of request that changes something, again and again: part of `make proof`.

PROOF_ROUNDS in the environment says how often each (3 when it is not set).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.scenario.project import Project
from tests.scenario.test_killed import kill_at, repair
from tests.scenario.test_password import ROTATION, is_refused, password

ROUNDS = int(os.environ.get("PROOF_ROUNDS", "3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """``before`` is what there is when ``command`` runs and is killed, ``after`` puts it right and judges."""

    before: Callable[[Project], None]
    after: Callable[[Project], None]
    actions: tuple[str, ...]
    command: str = "up"


def nothing(_: Project) -> None:
    """A first up."""


def is_whole(project: Project) -> None:
    repair(project)
    assert project.neon_branches().keys() == {"main", "staging"}
    assert project.git_branches() == {"staging"}
    assert project.parameters("staging").keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert project.parameters("staging")["DATABASE_URL"][1] == project.outputs("staging")["database_url"]
    assert project.jobs("staging") == ["SUCCEED"]
    assert project.notes("staging") == {"from production"}
    assert project.drift("staging").status == 0


def a_change(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('kept')")
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.edit("staging", "database", compute={"min": 0.5, "max": 2, "suspend": 300}, branch="staging-2")


def is_changed(project: Project) -> None:
    repair(project)
    assert project.neon_branches().keys() == {"main", "staging-2"}
    assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == "trace"
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]
    assert project.notes("staging") == {"from production", "kept"}
    assert project.drift("staging").status == 0


def a_reset(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('overwritten')")
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=project.now(), keep=True)


def is_reset(project: Project) -> None:
    repair(project)
    branches = project.neon_branches()
    kept = branches.keys() - {"main", "staging"}
    assert len(kept) == 1
    assert project.notes("staging") == {"from production"}
    assert project.notes_on(branches[kept.pop()]["id"]) == {"from production", "overwritten"}
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]
    assert project.drift("staging").status == 0


def a_rotation(project: Project) -> None:
    project.up("staging")
    project.wait_a_second()
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.edit("staging", "database", password_after=project.now())


def is_rotated(project: Project) -> None:
    repair(project)
    project.up("staging", "--expect-no-changes")
    outputs, parameters = project.outputs("staging"), project.parameters("staging")
    strings = [outputs["database_url"], outputs["direct_url"]]
    assert [parameters[key][1] for key in ("DATABASE_URL", "DIRECT_URL")] == strings
    old, new = password(project.uri_of(project.neon_branches()["main"]["id"])), password(strings[1])
    assert all(is_refused(one.replace(new, old)) for one in strings)
    assert project.notes("staging") == {"from production"}
    newest = project.aws("amplify").list_jobs(appId=project.app_id, branchName="staging")["jobSummaries"]
    assert (len(newest), newest[0]["status"], outputs["stamp"] in newest[0]["commitMessage"]) == (2, "SUCCEED", True)
    accepted = [e for e in project.journal("neon") if e["action"] == ROTATION and project.neon_id in e["path"]]
    assert [entry["status"] for entry in accepted if entry["status"] < 300] == [200]


def an_environment(project: Project) -> None:
    project.up("staging")


def is_gone(project: Project) -> None:
    project.good("cancel", "--yes", "--stack", "staging")
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert project.neon_branches().keys() == {"main"}
    assert project.git_branches() == set()
    assert project.parameters("staging") == {}


PHASES = {
    "first up": Phase(
        before=nothing,
        after=is_whole,
        actions=("createProjectBranch", "ssm:PutParameter", "amplify:CreateBranch", "amplify:StartJob"),
    ),
    "change": Phase(
        before=a_change,
        after=is_changed,
        actions=("updateProjectEndpoint", "updateProjectBranch", "amplify:UpdateBranch", "amplify:StartJob"),
    ),
    "reset": Phase(before=a_reset, after=is_reset, actions=("restoreProjectBranch", "amplify:StartJob")),
    "rotate": Phase(
        before=a_rotation,
        after=is_rotated,
        actions=(ROTATION, "ssm:PutParameter", "amplify:UpdateBranch", "amplify:StartJob"),
    ),
    "destroy": Phase(
        before=an_environment,
        after=is_gone,
        actions=("amplify:DeleteBranch", "ssm:DeleteParameter", "deleteProjectBranch"),
        command="destroy",
    ),
}
POINTS = [(name, action) for name, phase in PHASES.items() for action in phase.actions]


@pytest.mark.proof
@pytest.mark.parametrize("attempt", range(ROUNDS))
@pytest.mark.parametrize("whole_group", [False, True], ids=["engine", "group"])
@pytest.mark.parametrize(("phase", "action"), POINTS)
def test_whatever_is_killed_is_put_right(
    project: Project, phase: str, action: str, whole_group: bool, attempt: int
) -> None:
    PHASES[phase].before(project)
    kill_at(project, action, whole_group=whole_group, command=PHASES[phase].command)
    PHASES[phase].after(project)
