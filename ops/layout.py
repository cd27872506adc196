"""The environments of a project as its stack files have them, and the order in which they are brought up. No cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.naming import Identity
from components.settings.models import BackendSettings, EnvironmentSettings, Stage
from components.settings.problems import Problem, report
from components.settings.reading import read_draft
from components.settings.siblings import read_siblings
from hosting.backends import backend_stack
from ops.pulumi import OpsError

_ORDER = (Stage.DEVELOPMENT, Stage.EXPERIMENTAL, Stage.BETA, Stage.PRODUCTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An environment of the project. ``makes_app`` is for the one whose stack owns the app of all."""

    stack: str
    environment: EnvironmentSettings
    backend: BackendSettings
    makes_app: bool = False

    def __str__(self) -> str:
        backends = {
            "none": "no backend",
            "own": "a backend of its own",
            "shared": f"the backend of {self.backend.source}",
        }
        return f"{self.stack} (git branch {self.environment.git_branch}, {backends[self.backend.mode]})"

    @property
    def git_branches(self) -> Iterator[str]:
        """The branches that it needs: its own, and that of the backend which it shares."""
        yield self.environment.git_branch
        if self.backend.source is not None:
            yield self.backend.source

    def backend_in(self, app_id: str) -> str:
        """The stack of the backend that it uses; empty for none."""
        if self.backend.mode == "none":
            return ""
        return backend_stack(app_id, self.backend.source or self.environment.git_branch)


def read_layout(folder: Path) -> list[Member]:
    """All environments whose stack files are in ``folder``, the project's. Raises OpsError with what is wrong there."""
    project = _project(folder / "Pulumi.yaml")
    members, problems = [], _unreadable(folder)
    if problems:
        raise OpsError(report(problems))
    for stack, config in read_siblings(folder, Identity(project=project, stack="")).items():
        member, wrong = _member(project, stack, config)
        problems += wrong
        members += [member] if member is not None else []
    if problems:
        raise OpsError(report(problems))
    return members


def in_order(members: Sequence[Member]) -> list[Member]:
    """Development first, production last; but whoever makes the app before all, and whoever shares a backend after the
    one whose it is."""
    ranked = sorted(members, key=lambda one: (not one.makes_app, _ORDER.index(one.environment.stage), one.stack))
    owners = {one.environment.git_branch: one for one in ranked if one.backend.mode == "own"}
    wanted = [one for member in ranked for one in (owners.get(member.backend.source or ""), member) if one is not None]
    return list({one.stack: one for one in wanted}.values())


def chosen(members: Sequence[Member], stacks: Sequence[str]) -> list[Member]:
    """Those of ``stacks`` as given; without any, all of them in order. Raises OpsError for one without a stack file."""
    known = {member.stack: member for member in members}
    strange = [stack for stack in stacks if stack not in known]
    if strange:
        raise OpsError(
            f"there is no Pulumi.{strange[0]}.yaml here; there are stack files of {', '.join(known) or 'none'}"
        )
    return [known[stack] for stack in dict.fromkeys(stacks)] or in_order(members)


def _member(project: str, stack: str, config: Mapping[str, Any]) -> tuple[Member | None, list[Problem]]:
    """Of the sections that matter here: others may hold secrets, which only an engine can read."""
    sections = ("environment", "backend", "app")
    texts = {f"{project}:{key}": json.dumps(config.get(key) or {}, default=str) for key in sections}
    draft, problems = read_draft(texts, project)
    if draft.environment is None or draft.backend is None:
        named = [one for one in problems if one.path.startswith(tuple(texts))]
        return None, [Problem(path=f"Pulumi.{stack}.yaml: {one.path}", text=one.text) for one in named]
    makes_app = draft.app is not None and draft.app.create is not None
    return Member(stack=stack, environment=draft.environment, backend=draft.backend, makes_app=makes_app), []


def _unreadable(folder: Path) -> list[Problem]:
    problems = []
    for path in sorted(folder.glob("Pulumi.*.yaml")):
        try:
            yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problems.append(Problem(path=path.name, text=f"cannot be read ({type(error).__name__})"))
        except yaml.YAMLError as error:
            mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
            where = f", line {mark.line + 1}" if mark else ""
            problems.append(Problem(path=path.name, text=f"cannot be read: it is no YAML{where}"))
    return problems


def _project(path: Path) -> str:
    try:
        return str(yaml.safe_load(path.read_text(encoding="utf-8"))["name"])
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        raise OpsError(f"{path} names no project: run it in the project's folder") from None
