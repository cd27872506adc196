"""Stand-ins of their own for a measurement, with a project on the engine that is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcloud import lifecycle
from localcloud.engines import choose_engine
from localcloud.home import Home
from localcloud.lifecycle import Site
from localcloud.parts import standard_parts
from tests.scenario.conftest import new_project
from tests.scenario.project import Project


@contextmanager
def project_in(folder: Path) -> Iterator[tuple[Project, str]]:
    """A project that is not brought up yet, and what its engine is called; all is down again at the end."""
    site = Site(
        home=Home(root=folder / "home"), parts=standard_parts(), folder=folder, env=dict(os.environ), say=lambda _: None
    )
    lifecycle.bring_up(site)
    try:
        engine = choose_engine(site.home, os.environ)
        yield new_project(site, "embedded" if engine.cli is None else "cli", folder / "project"), engine.name
    finally:
        lifecycle.bring_down(site)
