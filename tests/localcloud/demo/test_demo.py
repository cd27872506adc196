"""The demo as a whole: every step holds, and nothing keeps running."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from localcloud.demo.scenario import scenario

ROOT = Path(__file__).parents[3]


def test_every_step_of_the_demo_holds_and_nothing_keeps_running(tmp_path: Path) -> None:
    for name in ("__main__.py", "Pulumi.yaml", *(path.name for path in ROOT.glob("Pulumi.*.yaml"))):
        shutil.copy(ROOT / name, tmp_path)
    for folder in ("build", "examples"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    done = subprocess.run(
        [sys.executable, "-m", "localcloud.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [step.title for step in scenario() if step.title not in done.stdout] == []
    assert "…" not in done.stdout  # the table at the end is not cut, however narrow the terminal
    assert left_running(tmp_path) == []


def left_running(folder: Path) -> list[str]:
    """Command lines and folders of what has to do with the demo; a zombie has neither."""
    found = [
        f"{process.info['cmdline']} in {process.info['cwd']}" for process in psutil.process_iter(["cmdline", "cwd"])
    ]
    return [line for line in found if str(folder) in line]
