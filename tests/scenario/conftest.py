"""One localcloud for all scenarios, and for each test a project of its own in it, on each engine that is there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud import lifecycle
from localcloud.engine.crypto import Passphrase
from localcloud.engines import choose_engine
from localcloud.environment import merged
from localcloud.home import Home
from localcloud.launchers import real_program
from localcloud.lifecycle import Site
from localcloud.parts import standard_parts
from localcloud.projects import read_project
from localcloud.running import settings
from tests.scenario.cloud import STACKS
from tests.scenario.processes import end_processes
from tests.scenario.project import Project
from tests.scenario.standins import put


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Stand-ins that are up for the whole session, with an empty cloud."""
    folder = tmp_path_factory.mktemp("scenario")
    env = dict(os.environ)
    found = Site(home=Home(root=folder / "home"), parts=standard_parts(), folder=folder, env=env, say=lambda _: None)
    outcome = lifecycle.bring_up(found)
    for part, quick in (("neon", {"operation_seconds": 0.02}), ("aws", {"job_seconds": 0.05})):
        put(f"http://127.0.0.1:{outcome.records[part].port}/_localcloud/settings", quick)
    yield found
    lifecycle.bring_down(found)


@pytest.fixture(params=["embedded", pytest.param("cli", marks=pytest.mark.cli)])
def engine(request: pytest.FixtureRequest, site: Site) -> str:
    """Each test runs on the embedded engine, and on the Pulumi CLI where one is installed."""
    name = str(request.param)
    if name == "cli" and choose_engine(site.home, os.environ).cli is None:
        pytest.skip("no Pulumi CLI (3.227 or newer) on PATH")
    return name


@pytest.fixture
def project(site: Site, engine: str, tmp_path: Path) -> Iterator[Project]:
    """A project with the three stack files, its Neon project, its app and its sources, and nothing brought up."""
    made = new_project(site, engine, tmp_path / "project")
    yield made
    end_processes(made.folder)
    assert made.leaks() == []
    made.discard()


@pytest.fixture
def projects(site: Site, tmp_path: Path) -> Iterator[dict[str, Project]]:
    """The same project once for each engine; skipped where there is only one."""
    if choose_engine(site.home, os.environ).cli is None:
        pytest.skip("no Pulumi CLI (3.227 or newer) on PATH")
    made = {engine: new_project(site, engine, tmp_path / engine) for engine in ("embedded", "cli")}
    yield made
    for project in made.values():
        project.discard()


def new_project(site: Site, engine: str, folder: Path) -> Project:
    env = merged(os.environ, settings(site.home, site.parts, os.environ))
    if engine == "embedded":
        env["PATH"] = without_cli(env["PATH"], real_program("pulumi", os.environ["PATH"]))
    made = Project(name=f"t{uuid.uuid4().hex[:8]}", folder=folder, env=env, home=site.home.root, engine=engine)
    made.write()
    made.seed()
    if engine == "embedded":
        _share_key(made, site.home)
    return made


def _share_key(project: Project, home: Home) -> None:
    """All stacks have one key: to derive one of its own for each is a tenth of what a scenario costs."""
    env = {**project.env, "LOCALCLOUD_HOME": str(home.root)}
    kept = home.root / "salt"
    if not kept.exists():
        kept.write_text(Passphrase.new(env).salt)
    stacks = read_project(home, project.folder)
    stacks.make()
    for stack in STACKS:
        stacks.composed_file(stack).write_text(f"encryptionsalt: {kept.read_text()}\n")


def without_cli(path: str, cli: Path | None) -> str:
    """PATH without the folder of the Pulumi CLI, so that localcloud falls back to the embedded engine."""
    folders = path.split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if cli is None or Path(folder) != cli.parent)
