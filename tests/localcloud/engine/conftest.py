"""Toy projects in a temporary folder, and the engine run on them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from localcloud.engine.cli import main

HERE = Path(__file__).parent
ENGINE = [sys.executable, "-m", "localcloud.engine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toy:
    """A project, a backend and a cloud, each a folder, and the environment to run an engine on them.

    Without an `engine` to start, commands run in this process, with keys that are cheap to derive; the two kinds cannot
    read each other's secrets.
    """

    root: Path
    engine: list[str] | None = None

    @property
    def project(self) -> Path:
        return self.root / "project"

    @property
    def cloud(self) -> Path:
        return self.root / "cloud"

    @property
    def environ(self) -> dict[str, str]:
        path = [str(self.root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
        return kept | {
            "PATH": os.pathsep.join(path),
            "PULUMI_BACKEND_URL": f"file://{self.root}/backend",
            "PULUMI_CONFIG_PASSPHRASE": "open sesame",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_STACK": "dev",
            "TOY_CLOUD": str(self.cloud),
        }

    def program(self, source: str) -> None:
        """Write the program."""
        imports = "import pulumi\nfrom pulumi import ResourceOptions, export\nfrom toybox import Box, Group, Thing\n"
        (self.project / "__main__.py").write_text(imports + textwrap.dedent(source), encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*(self.engine or ENGINE), *arguments],
            cwd=self.project,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, given: str = "", **environ: str) -> str:
        """Run a command, which must end with `code`; give all that it printed."""
        ended, shown = (self._outside if self.engine else self._inside)(arguments, given, self.environ | environ)
        assert ended == code, f"{arguments} ended with {ended}:\n{shown}"
        return shown

    def _outside(self, arguments: tuple[str, ...], given: str, environ: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(
            [*(self.engine or ()), *arguments],
            cwd=self.project,
            env=environ,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def _inside(self, arguments: tuple[str, ...], given: str, environ: dict[str, str]) -> tuple[int, str]:
        shown = io.StringIO()
        with (
            mock.patch.dict(os.environ, environ, clear=True),
            mock.patch("sys.stdin", io.StringIO(given)),
            mock.patch("localcloud.engine.crypto._ITERATIONS", 1000),
            contextlib.chdir(self.project),
            contextlib.redirect_stdout(shown),
            contextlib.redirect_stderr(shown),
        ):
            ended = main(list(arguments))
        return ended, shown.getvalue()

    def up(self, source: str | None = None, *flags: str, code: int = 0) -> str:
        if source is not None:
            self.program(source)
        return self.run("up", "--yes", "--skip-preview", *flags, code=code)

    def checkpoint(self, stack: str = "dev") -> str:
        return (self.root / f"backend/.pulumi/stacks/toy/{stack}.json").read_text(encoding="utf-8")

    def deployment(self) -> dict[str, Any]:
        latest: dict[str, Any] = json.loads(self.checkpoint())["checkpoint"].get("latest") or {}
        return latest

    def resources(self) -> dict[str, dict[str, Any]]:
        """Give the resources of the state by name."""
        return {r["urn"].rsplit("::", 1)[-1]: r for r in self.deployment().get("resources", [])}

    def journal(self) -> list[str]:
        """Give what the cloud was told to do since the last look."""
        file = self.cloud / "journal"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    def things(self) -> list[dict[str, Any]]:
        """Give what is in the cloud."""
        files = [f for f in self.cloud.iterdir() if f.name not in ("journal", "go", "waiting")]
        return [json.loads(f.read_text(encoding="utf-8")) for f in files]


def make_toy(root: Path, engine: list[str] | None = None, declared: str = "") -> Toy:
    """Make a project with an empty stack `dev`."""
    toy = Toy(root=root, engine=engine)
    for folder in (toy.project, toy.cloud, root / "bin", root / "backend"):
        folder.mkdir(parents=True)
    options = "options: {refresh: always}\n"
    (toy.project / "Pulumi.yaml").write_text(f"name: toy\nruntime: python\n{options}{declared}", encoding="utf-8")
    shutil.copy(HERE / "toybox.py", toy.project)
    launcher = root / "bin" / "pulumi-resource-toy"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE}/toy_provider.py" "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    toy.run("stack", "init", "dev")
    return toy


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """An empty project to copy, since making a stack means deriving a key."""
    return make_toy(tmp_path_factory.mktemp("template") / "toy")


@pytest.fixture
def toy(tmp_path: Path, template: Toy) -> Iterator[Toy]:
    """An empty project; what it started must have ended with the test."""
    shutil.copytree(template.root, tmp_path / "toy")
    yield Toy(root=tmp_path / "toy")
    eventually(lambda: not left_running(tmp_path), "the processes of the engine to end")


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Toy]:
    """An empty project whose engine runs in a process of its own."""
    yield make_toy(tmp_path / "toy", ENGINE)
    eventually(lambda: not left_running(tmp_path), "the processes of the engine to end")


def left_running(root: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.pid != os.getpid()
                and process.status() != psutil.STATUS_ZOMBIE
                and process.environ().get("TOY_CLOUD", "").startswith(str(root))
            ):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def eventually(condition: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    """Wait until something holds; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s for {what}")
        time.sleep(0.02)
