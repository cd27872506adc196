"""The other stack files beside this one: two environments on one git branch or one Neon branch destroy each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from components.naming import Identity
from components.settings.models import AppSettings, Stage
from components.settings.problems import Problem
from components.settings.reading import Draft
from hosting.elsewhere import Elsewhere

# libyaml's where it is there: reading these files in Python takes a tenth of a preview.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_siblings(folder: Path, identity: Identity) -> dict[str, Mapping[str, Any]]:
    """The project's keys in every other stack file of ``folder``, by stack, over those of all stacks; unreadable files
    are left alone."""
    found: dict[str, Mapping[str, Any]] = {}
    common = {key: _value(entry) for key, entry in _config(folder / "Pulumi.yaml", identity.project).items()}
    for path in sorted(folder.glob("Pulumi.*.yaml")):
        stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        if stack != identity.stack:
            found[stack] = {**common, **_config(path, identity.project)}
    return found


def clashes(
    draft: Draft, identity: Identity, siblings: Mapping[str, Mapping[str, Any]], projects: Collection[str] = ()
) -> Iterator[Problem]:
    """A problem for each branch that another stack file names too, and for a backend that is production's.
    ``projects`` is what else than the settings the Neon project is called: another file may have its id."""

    def one_app(config: Mapping[str, Any]) -> bool:
        return not _other_app(draft.app, _mapping(config.get("app")))

    own = draft.environment
    for stack, config in siblings.items():
        environment, database = _mapping(config.get("environment")), _mapping(config.get("database"))
        if own and environment.get("git_branch") == own.git_branch and one_app(config):
            yield _clash(identity, "environment.git_branch", own.git_branch, stack)
        if own and own.domain and environment.get("url") == own.url:
            yield _clash(identity, "environment.url", own.url or "", stack)
        if draft.backend and _is_productions(draft.backend.source, environment) and one_app(config):
            yield _isolated(identity, draft.backend.source or "", stack)
        ours = draft.database
        one_project = ours is not None and database.get("project") in (ours.project, *projects)
        if ours and one_project and database.get("branch") == ours.branch:
            yield _clash(identity, "database.branch", ours.branch, stack)


def neon_projects(siblings: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The Neon projects of other stacks, by name or id as they are named."""
    named = (_mapping(config.get("database")).get("project") for config in siblings.values())
    return frozenset(one for one in named if isinstance(one, str))


def to_be_apart(draft: Draft, siblings: Mapping[str, Mapping[str, Any]]) -> tuple[Elsewhere, ...]:
    """Backends of other stacks, in other apps, that must have nothing in common with this one's: production's, or all
    when this is production. Those in the same app are found there."""
    found = []
    for stack, config in siblings.items():
        environment, app = _mapping(config.get("environment")), _mapping(config.get("app"))
        productions = (environment.get("stage"), draft.environment and draft.environment.stage)
        own = _mapping(config.get("backend")).get("mode") == "own"
        if own and Stage.PRODUCTION in productions and not _same_app(draft.app, app):
            branch, name = str(environment.get("git_branch")), str(_name(app) or "")
            found.append(Elsewhere(stack=stack, branch=branch, app=name, app_id="" if name else str(app.get("id"))))
    return tuple(found)


def _same_app(ours: AppSettings | None, theirs: Mapping[str, Any]) -> bool:
    """Whether both say that it is the same one; where they say it in different ways, it is looked up."""
    own_name, own_id = (ours.create.name if ours.create else ours.name, ours.id) if ours else (None, None)
    return bool(own_name and _name(theirs) == own_name) or bool(own_id and theirs.get("id") == own_id)


def _name(app: Mapping[str, Any]) -> Any:
    return _mapping(app.get("create")).get("name") or app.get("name")


def _other_app(ours: AppSettings | None, theirs: Mapping[str, Any]) -> bool:
    """Whether both say which app is theirs, and say different ones."""
    if ours is None:
        return False
    name = _name(theirs)
    own_name = ours.create.name if ours.create else ours.name
    by_name = bool(name and own_name and name != own_name)
    return by_name or bool(theirs.get("id") and ours.id and theirs["id"] != ours.id)


def _clash(identity: Identity, key: str, value: str, stack: str) -> Problem:
    text = f"{value!r} is that of the stack {stack} too (Pulumi.{stack}.yaml): each stack needs its own"
    return Problem(path=f"{identity.project}:{key}", text=text)


def _is_productions(source: str | None, environment: Mapping[str, Any]) -> bool:
    return environment.get("stage") == Stage.PRODUCTION and environment.get("git_branch") == source


def _isolated(identity: Identity, source: str, stack: str) -> Problem:
    text = f"{source!r} is the branch of the stack {stack}, and production shares its backend with nobody: name another"
    return Problem(path=f"{identity.project}:backend.from", text=text)


def _config(path: Path, project: str) -> Mapping[str, Any]:
    try:
        content = yaml.load(path.read_text(), Loader=_LOADER)  # noqa: S506 - a safe one
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    config = _mapping(_mapping(content).get("config"))
    own = {str(key).removeprefix(f"{project}:"): value for key, value in config.items()}
    return {key: value for key, value in own.items() if ":" not in key}


def _value(entry: Any) -> Any:
    """A key of the project's own file holds a declaration, with its value or its default."""
    declared = _mapping(entry)
    return declared.get("value", declared.get("default")) if declared.keys() & {"type", "value", "default"} else entry


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
