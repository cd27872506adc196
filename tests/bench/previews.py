"""A preview of an unchanged stack against one of an empty program, on the engine that is installed."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.site import project_in
from tests.scenario.project import Project

ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """Medians in seconds (``unrefreshed``: the preview without its refresh).

    ``requests`` is what the refresh, the pre-flight and the program ask the services.
    """

    engine: str
    empty: float
    unchanged: float
    unrefreshed: float
    up_unchanged: float
    requests: int

    @property
    def ratio(self) -> float:
        return self.unchanged / self.empty


def previews(folder: Path) -> Previews:
    with project_in(folder) as (project, engine):
        return _measure(project, _empty(project, folder / "empty"), engine)


def _measure(project: Project, empty: Path, engine: str) -> Previews:
    project.up("staging")
    preview = ["preview", "--stack", "staging", "--expect-no-changes"]
    _run(project, empty, "up", "--stack", "staging", "--yes", "--skip-preview")
    before = project.requests()
    _run(project, project.folder, *preview)
    requests = project.requests() - before
    return Previews(
        engine=engine,
        empty=_median(lambda: _run(project, empty, *preview)),
        unchanged=_median(lambda: _run(project, project.folder, *preview)),
        unrefreshed=_median(lambda: _run(project, project.folder, *preview, "--refresh=false")),
        up_unchanged=_median(
            lambda: _run(project, project.folder, "up", "--stack", "staging", "--yes", "--skip-preview")
        ),
        requests=requests,
    )


def _empty(project: Project, folder: Path) -> Path:
    """A program of the same runtime and environment that declares nothing."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        "name: empty\nruntime: {name: python, options: {virtualenv: .venv}}\noptions: {refresh: always}\n"
    )
    (folder / "Pulumi.staging.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text("import pulumi\n")
    (folder / ".venv").symlink_to((project.folder / ".venv").readlink())
    return folder


def _median(act: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _run(project: Project, folder: Path, *arguments: str) -> None:
    command = ["pulumi", *arguments, "--non-interactive"]
    subprocess.run(command, env=dict(project.env), cwd=folder, capture_output=True, check=True, timeout=240)
