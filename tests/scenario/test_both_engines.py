"""The same scenario on both engines: the same steps, the same cloud."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.scenario.project import Project


def steps(project: Project, *command: str) -> list[tuple[str, str]]:
    """What a preview says that it would do, by resource, without what has no steps of its own."""
    digest = json.loads(project.stdout(*command, "--json"))
    found = [(step["op"], step["urn"].rpartition("$")[2]) for step in digest["steps"]]
    return sorted(step for step in found if step[0] not in ("refresh", "read", "same") and "pulumi:" not in step[1])


def life(project: Project) -> dict[str, Any]:
    """A stack from its first up to its end, each step's plan and what it left in the cloud."""
    seen: dict[str, Any] = {"first preview": steps(project, "preview", "--stack", "staging")}
    before = Counter(project.mutations())
    project.up("staging")
    seen["after the first up"] = cloud(project)
    project.edit("staging", "variables", LOG_LEVEL="trace")
    project.edit("staging", "database", compute={"min": 0.5, "max": 2, "suspend": 300})
    seen["second preview"] = steps(project, "preview", "--stack", "staging")
    project.up("staging")
    seen["after the second up"] = cloud(project)
    seen["third preview"] = steps(project, "preview", "--stack", "staging")
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    seen["after the end"] = cloud(project)
    seen["requests"] = Counter(project.mutations()) - before
    return seen


def cloud(project: Project) -> dict[str, Any]:
    branches = {name: (one["protected"], one["current_state"]) for name, one in project.neon_branches().items()}
    hosted = project.git_branches()
    variables = project.branch("staging")["environmentVariables"] if "staging" in hosted else {}
    plain = {key: value.replace(project.name, "PROJECT") for key, value in variables.items()}
    return {"neon": branches, "hosted": hosted, "variables": plain, "parameters": set(project.parameters("staging"))}


@pytest.mark.cli
def test_both_engines_take_the_same_steps_to_the_same_cloud(projects: dict[str, Project]) -> None:
    embedded, cli = life(projects["embedded"]), life(projects["cli"])
    for moment in cli:
        assert embedded[moment] == cli[moment], moment
