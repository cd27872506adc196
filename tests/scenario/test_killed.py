"""SIGKILL at any moment of an up leaves what a repair puts right: one branch, one set of parameters, no data lost."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from localcloud.warm.client import WARM_FOLDER
from tests.scenario.killing import Moment, kill_at, repair
from tests.scenario.project import Project

# One of the engine alone, one of the whole process group; `make proof` has these, and many more.
MOMENTS = (
    (Moment(seen=("createProjectBranch",), side="done"), False),
    (Moment(seen=("amplify:CreateBranch",)), True),
)


@pytest.mark.parametrize(("moment", "whole_group"), MOMENTS, ids=str)
def test_a_first_up_that_is_killed_is_repaired(project: Project, moment: Moment, whole_group: bool) -> None:
    kill_at(project, moment, whole_group=whole_group)
    repair(project)
    assert project.neon_branches().keys() == {"main", "staging"}
    assert project.parameters("staging").keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert project.git_branches() == {"staging"}
    assert project.notes("staging") == {"from production"}
    assert project.parameters("staging")["DATABASE_URL"][1] == project.outputs("staging")["database_url"]
    assert project.jobs("staging") == ["SUCCEED"]
    assert project.drift("staging").status == 0


@pytest.mark.proof
def test_an_engine_without_a_warm_process_is_repaired_too(project: Project) -> None:
    cold = {key: value for key, value in project.env.items() if key != WARM_FOLDER}
    alone = replace(project, env=cold)
    kill_at(alone, Moment(seen=("ssm:PutParameter",)), whole_group=True)
    repair(alone)
    assert alone.parameters("staging").keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert alone.neon_branches().keys() == {"main", "staging"}
    assert project.drift("staging").status == 0


def test_a_killed_reset_is_finished_by_the_repair_and_loses_nothing_after_it(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('overwritten')")
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=project.now())
    kill_at(project, Moment(seen=("restoreProjectBranch",)), whole_group=False)
    repair(project)
    assert project.notes("staging") == {"from production"}
    assert project.neon_branches().keys() == {"main", "staging"}
    project.sql("staging", "INSERT INTO notes VALUES ('kept')")
    project.up("staging")
    assert "kept" in project.notes("staging")


def test_without_a_repair_the_next_command_says_what_to_do(project: Project) -> None:
    project.up("staging")
    project.edit("staging", "variables", LOG_LEVEL="trace")
    kill_at(project, Moment(seen=("amplify:UpdateBranch",)), whole_group=True)
    result = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert result.status != 0
    assert "pulumi cancel" in result.text
    declined = project.ops("repair", "staging", given="n\n")
    assert (declined.status, "nothing was repaired" in declined.text) == (1, True)
    assert "1. frees its lock: a `pulumi up` of it that still runs is cancelled" in declined.text


def test_three_ups_at_once_on_one_neon_project_succeed(project: Project) -> None:
    started = {
        stack: subprocess.Popen(
            ["pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"],
            env=dict(project.env),
            cwd=project.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for stack in ("prod", "staging", "dev")
    }
    said = {stack: up.communicate(timeout=240)[0] for stack, up in started.items()}
    assert all(up.returncode == 0 for up in started.values()), said
    assert project.neon_branches().keys() == {"main", "staging", "dev"}
    assert project.notes("dev") == project.notes("staging") == {"from production"}
