"""What must exist before the first `pulumi up`, as the project's stack files name it, and what was made by hand beside.

Not seeded: what a file names by id, what a stack of the project creates itself, outputs of other stacks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud import application, handmade
from localcloud.home import Home
from localcloud.prisma.scripts import Migration, baseline
from localcloud.projects import Project, load_mapping
from localcloud.salon import STATEMENTS

DATABASE, ROLE, ROOT_BRANCH = "neondb", "neondb_owner", "main"

Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The bodies of the parts' seed requests."""

    neon: dict[str, Any]
    aws: dict[str, Any]

    def of(self, part: str) -> dict[str, Any]:
        """The body for this part; an empty one for a part that holds no data."""
        return {"neon": self.neon, "aws": self.aws}.get(part, {})


def read_seeds(home: Home, project: Project | None) -> Seeds:
    """The seeds of the project's files; empty ones without a project. ``home`` gets what apps are built from."""
    if project is None:
        return Seeds(neon={"projects": []}, aws={"apps": [], "parameters": []})
    paths = sorted(project.tracked.glob("Pulumi.*.yaml"))
    stacks = [_stack_config(load_mapping(path), project.name) for path in paths]
    common = _project_config(load_mapping(project.folder / "Pulumi.yaml"), project.name)
    by_hand = handmade.read_apps(project.folder)
    repository = application.repository(home, project.folder, [*git_branches(stacks), *handmade.branches(by_hand)])
    built = Built(repository=repository, applied=application.applied_before(project.folder))
    return seeds(common, stacks, built, by_hand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What apps are built from, if anything, and the migration of it that databases have had from the start."""

    repository: Path | None = None
    applied: Migration | None = None


NOTHING = Built()


def seeds(
    project: Config, stacks: Sequence[Config], built: Built = NOTHING, by_hand: Sequence[handmade.App] = ()
) -> Seeds:
    """The seeds for a project's own config and that of each stack (keys without the project's name)."""
    layers: list[Config] = [{**project, **stack} for stack in stacks] or [project]
    where = {"repository": str(built.repository)} if built.repository else {}
    apps = [{"name": name, **where} for name in app_names([_mapping(layer.get("app")) for layer in layers])]
    return Seeds(
        neon={"projects": neon_projects([_mapping(layer.get("database")) for layer in layers], built)},
        aws={
            "apps": handmade.with_details(apps, by_hand),
            "parameters": [{"name": name, "value": made_up(name)} for name in parameter_names(layers)],
        },
    )


def git_branches(stacks: Sequence[Config]) -> list[str]:
    """The branches of the repository that feed the stacks."""
    named = [_mapping(stack.get("environment")).get("git_branch") for stack in stacks]
    return [name for name in named if isinstance(name, str)]


def app_names(apps: Sequence[Config]) -> list[str]:
    """The apps that are looked up by name; one that any stack creates is that stack's."""
    names = [app["name"] for app in apps if isinstance(app.get("name"), str) and not app.get("create")]
    created = {name for app in apps for name in _created(app)}
    return sorted({*names} - created)


def _created(app: Config) -> Iterator[str]:
    create = app.get("create")
    named = create if isinstance(create, Mapping) else app
    if create and isinstance(named.get("name"), str):
        yield named["name"]


def neon_projects(databases: Sequence[Config], built: Built = NOTHING) -> list[dict[str, Any]]:
    """A project for each name, with its root branch and data."""
    names = sorted({database["project"] for database in databases if isinstance(database.get("project"), str)})
    before = baseline(built.applied) if built.applied else []
    return [
        {**_neon_project(name, [one for one in databases if one.get("project") == name]), "sql": [*STATEMENTS, *before]}
        for name in names
    ]


def _neon_project(name: str, databases: Sequence[Config]) -> dict[str, Any]:
    root = root_branch(databases)
    # The stack of the root branch knows best which database is there.
    first = next((one for one in databases if one.get("branch") == root), databases[0])
    return {
        "name": name,
        "branch": root,
        "database": first.get("database", DATABASE),
        "role": first.get("role", ROLE),
    }


def root_branch(databases: Sequence[Config]) -> str:
    """The branch that must be there: an adopted one without a source, else a source that is no stack's branch."""
    adopted = [one.get("branch") for one in databases if one.get("adopt") is True and not one.get("source")]
    branches = {one.get("branch") for one in databases}
    sources = [one.get("source") for one in databases if one.get("source") not in branches]
    return next((name for name in (*adopted, *sources) if isinstance(name, str)), ROOT_BRANCH)


def parameter_names(layers: Sequence[Config]) -> list[str]:
    """The parameters that somebody sets by hand in the real account (`{ssm: NAME}`)."""
    sources = [source for layer in layers for source in _mapping(layer.get("parameters")).values()]
    named = [source["ssm"] for source in sources if isinstance(source, Mapping) and isinstance(source.get("ssm"), str)]
    # `NAME:3` selects a version of NAME.
    return sorted({name.partition(":")[0] for name in named})


def made_up(name: str) -> str:
    """A value for the parameter: always the same, long enough for a signing key, and secret to nobody."""
    return f"made-up-{hashlib.sha256(name.encode()).hexdigest()[:40]}"


def _project_config(content: Config, name: str) -> Config:
    entries = _mapping(content.get("config"))
    return _bare({key: _declared(entry) for key, entry in entries.items()}, name)


def _declared(entry: Any) -> Any:
    """A key of Pulumi.yaml holds its value, or a declaration with `value` or `default`."""
    if isinstance(entry, Mapping) and {"value", "default", "type"} & set(entry):
        return entry.get("value", entry.get("default"))
    return entry


def _stack_config(content: Config, name: str) -> Config:
    return _bare(_mapping(content.get("config")), name)


def _bare(config: Config, name: str) -> Config:
    """The project's own keys, without its name in front."""
    own = {key.removeprefix(f"{name}:"): value for key, value in config.items()}
    return {key: value for key, value in own.items() if ":" not in key}


def _mapping(value: Any) -> Config:
    return value if isinstance(value, Mapping) else {}
