"""SIGKILL at any moment of an up leaves what a repair puts right: one branch, one set of parameters, no data lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from localcloud.warm.client import WARM_FOLDER
from tests.scenario.project import Project, end_processes, processes_of

# Two of the engine alone, two of the whole process group; `make proof` has all of them, and more.
MOMENTS = (
    ("createProjectBranch", False),
    ("ssm:PutParameter", True),
    ("amplify:CreateBranch", True),
    ("amplify:StartJob", False),
)
DEADLINE = 60.0


@contextmanager
def running(project: Project, command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        ["pulumi", command, "--stack", "staging", "--yes", "--skip-preview", "--non-interactive"],
        env=dict(project.env),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: object, what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"{what} did not happen within {DEADLINE:.0f} s"
        time.sleep(0.005)


def kill_at(project: Project, action: str, *, whole_group: bool, command: str = "up") -> None:
    """Starts an up (or another command) and kills it as soon as the stand-ins have seen ``action``."""
    before = project.mutations().count(action)
    with running(project, command) as process:
        wait_until(lambda: project.mutations().count(action) > before or process.poll() is not None, action)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, f"the {command} ended before it could be killed"
    if whole_group:
        end_processes(project)  # plugins of the CLI are in groups of their own
    wait_until(lambda: is_quiet(project), "the end of what the killed engine had begun")


def is_quiet(project: Project) -> bool:
    """Whether nothing of the killed engine's goes on: its plugins have ended, or have stopped asking for anything."""
    if not processes_of(project):
        return True
    before, deadline = project.mutations(), time.monotonic() + 1.0
    while time.monotonic() < deadline:
        if project.mutations() != before:
            return False
    return True


def repair(project: Project) -> str:
    done = project.ops("repair", "staging")
    assert done.status == 0, done.text
    return done.text


@pytest.mark.parametrize(("action", "whole_group"), MOMENTS)
def test_a_first_up_that_is_killed_is_repaired(project: Project, action: str, whole_group: bool) -> None:
    kill_at(project, action, whole_group=whole_group)
    repair(project)
    assert project.neon_branches().keys() == {"main", "staging"}
    assert project.parameters("staging").keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert project.git_branches() == {"staging"}
    assert project.notes("staging") == {"from production"}
    assert project.parameters("staging")["DATABASE_URL"][1] == project.outputs("staging")["database_url"]
    assert project.jobs("staging") == ["SUCCEED"]
    assert project.drift("staging").status == 0


def test_an_engine_without_a_warm_process_is_repaired_too(project: Project) -> None:
    cold = {key: value for key, value in project.env.items() if key != WARM_FOLDER}
    alone = replace(project, env=cold)
    kill_at(alone, "ssm:PutParameter", whole_group=True)
    repair(alone)
    assert alone.parameters("staging").keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert alone.neon_branches().keys() == {"main", "staging"}
    assert alone.drift("staging").status == 0


def test_a_killed_reset_is_finished_by_the_repair_and_loses_nothing_after_it(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "INSERT INTO notes VALUES ('overwritten')")
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=project.now())
    kill_at(project, "restoreProjectBranch", whole_group=False)
    repair(project)
    assert project.notes("staging") == {"from production"}
    assert project.neon_branches().keys() == {"main", "staging"}
    project.sql("staging", "INSERT INTO notes VALUES ('kept')")
    project.up("staging")
    assert "kept" in project.notes("staging")


def test_without_a_repair_the_next_command_says_what_to_do(project: Project) -> None:
    project.up("staging")
    project.edit("staging", "variables", LOG_LEVEL="trace")
    kill_at(project, "amplify:UpdateBranch", whole_group=True)
    result = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert result.status != 0
    assert "pulumi cancel" in result.text


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
