"""The demos: every step holds, and however one ends, nothing keeps running."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from localcloud.application import NEEDED
from localcloud.demo import __main__ as running
from localcloud.demo import nailit, realtechee
from localcloud.demo.steps import Demo, Step, require
from localcloud.demo.world import World
from localcloud.home import Home

ROOT = Path(__file__).parents[3]
CAN_BUILD = all(map(shutil.which, NEEDED))


def test_a_step_that_does_not_hold_ends_a_demo_and_nothing_keeps_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_project(tmp_path)
    monkeypatch.chdir(tmp_path)

    def act(world: World) -> str:
        require(left_running(tmp_path) == [], "there are processes")
        return ""

    steps = (Step(title="nobody is at home", act=act), Step(title="this is not reached", act=act))
    demo = Demo(project=Path(), steps=steps, stacks=(), columns={})
    assert running.run_all(demo, Home(root=tmp_path / "home")) == 1
    said = capsys.readouterr().out
    assert "failed nobody is at home: there are processes" in said
    assert "not reached" not in said
    assert left_running(tmp_path) == []


@pytest.mark.proof
def test_every_step_of_the_demo_holds_and_nothing_keeps_running(tmp_path: Path) -> None:
    prove(nailit.demo(), [], tmp_path)


@pytest.mark.proof
@pytest.mark.skipif(not CAN_BUILD, reason=f"it is about builds: they need {', '.join(NEEDED)}")
def test_every_step_of_the_demo_of_the_other_layout_holds_with_real_builds(tmp_path: Path) -> None:
    prove(realtechee.demo(), ["realtechee"], tmp_path)


def prove(demo: Demo, arguments: list[str], folder: Path) -> None:
    copy_project(folder)
    done = subprocess.run(
        [sys.executable, "-m", "localcloud.demo", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [step.title for step in demo.steps if step.title not in done.stdout] == []
    assert not (CAN_BUILD and "simulated" in done.stdout)
    assert "…" not in done.stdout  # the table at the end is not cut, however narrow the terminal
    assert left_running(folder) == []


def copy_project(folder: Path) -> None:
    for name in ("__main__.py", "Pulumi.yaml", *(path.name for path in ROOT.glob("Pulumi.*.yaml"))):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(
        ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("node_modules", ".localcloud")
    )
    (folder / "build").symlink_to(ROOT / "build")
    (folder / ".venv").symlink_to(sys.prefix)


def left_running(folder: Path) -> list[str]:
    """Command lines and folders of what has to do with the demo, but for ourselves; a zombie has neither."""
    others = [one.info for one in psutil.process_iter(["pid", "cmdline", "cwd"]) if one.pid != os.getpid()]
    found = [f"{info['cmdline']} in {info['cwd']}" for info in others]
    return [line for line in found if str(folder) in line]
