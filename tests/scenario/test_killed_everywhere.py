"""SIGKILL at every moment that has a name, again and again: part of `make proof`.

PROOF_ROUNDS in the environment says how often each (20 when it is not set; a tenth of it on the Pulumi CLI).
"""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from tests.conftest import Tell
from tests.scenario.killing import Moment, kill_at, repair
from tests.scenario.phases import PHASES, Phase
from tests.scenario.project import Project

ROUNDS = int(os.environ.get("PROOF_ROUNDS", "20"))
LATER = (0.0, 0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05)  # seconds after an answer: also where nothing is asked
APART = 0.05  # seconds between the kills of a moment that no request names
POINTS = [pytest.param(phase, moment, id=f"{phase.name} {moment}") for phase in PHASES for moment in phase.moments]


@pytest.fixture
def rounds(engine: str) -> int:
    return ROUNDS if engine == "embedded" else max(1, ROUNDS // 10)


@pytest.mark.proof
@pytest.mark.parametrize("whole_group", [False, True], ids=["engine", "group"])
@pytest.mark.parametrize(("phase", "moment"), POINTS)
def test_whatever_is_killed_is_put_right(
    project: Project, rounds: int, phase: Phase, moment: Moment, whole_group: bool, figures: Tell
) -> None:
    begun, others = time.monotonic(), bystanders(project)
    for number in range(rounds):
        phase.before(project, number)
        since, old = project.positions()["neon"], project.parameters("staging")
        kill_at(project, exact(moment, number), whole_group=whole_group, command=phase.command)
        put_right(project, phase.command)
        assert project.accepted(phase.once, since) == 1
        phase.after(project, number, old)
        assert bystanders(project) == others
    figures("SIGKILL", points=1, kills=rounds, repaired=rounds, seconds=time.monotonic() - begun)


def exact(moment: Moment, number: int) -> Moment:
    """The moment of one of the rounds."""
    if not moment.seen:
        return replace(moment, later=number % 20 * APART)
    return replace(moment, later=LATER[number % len(LATER)]) if moment.side == "answered" else moment


def put_right(project: Project, command: str) -> None:
    """The repair and one further up, which has nothing to do; a killed destroy is repeated instead."""
    if command == "destroy":
        project.good("cancel", "--yes", "--stack", "staging")
        project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    else:
        repair(project, seen=True)
        project.up("staging", "--expect-no-changes")


def bystanders(project: Project) -> dict[str, tuple[str, set[str]]]:
    """The branches that are not ours to touch, and what they hold; ``theirs`` is made when it is not there."""
    if "theirs" not in project.neon_branches():
        project.neon("POST", "/branches", {"branch": {"name": "theirs"}, "endpoints": [{"type": "read_write"}]})
    found = project.neon_branches()
    return {name: (found[name]["id"], project.notes_on(found[name]["id"])) for name in ("main", "theirs")}
