"""What the warm process has loaded is what a child would import: a changed file, or a folder's own package, is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.warm.client import Forked
from localcloud.warm.message import Order

SAYS = "from components.program import WORD; print(WORD, end='')"
DEADLINE = 20.0


def write(folder: Path, word: str) -> Path:
    """A program of one word below ``folder``, and a script that says it; the folder."""
    (folder / "components").mkdir(parents=True, exist_ok=True)
    (folder / "components/__init__.py").touch()
    (folder / "components/program.py").write_text(f"WORD = {word!r}\n")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return write(tmp_path / "checkout", "loaded")


@pytest.fixture
def warm(checkout: Path, tmp_path: Path) -> Iterator[Path]:
    command = [sys.executable, "-P", "-m", "localcloud.warm", "--state", str(tmp_path / "state"), "--port", "0"]
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield tmp_path / "state"
        process.terminate()


def said(warm: Path, folder: Path) -> str:
    """What a child says that runs a script of this folder there."""
    (folder / "say.py").write_text(SAYS)
    env = {**os.environ, "LOCALCLOUD_WARM": str(warm)}
    reading, writing = os.pipe()
    order = Order(
        target=str(folder / "say.py"), module=False, arguments=(), cwd=str(folder), env=env, numbers=(0, 1, 2)
    )
    with Path(os.devnull).open("rb") as nothing, os.fdopen(reading) as output:
        fork = Forked(order, [nothing.fileno(), writing, writing])
        os.close(writing)
        assert fork.wait(DEADLINE) is not None
        return output.read()


def test_a_child_has_what_is_loaded_and_a_changed_file_is_imported_anew(
    warm: Path, checkout: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert said(warm, elsewhere) == "loaded"
    write(checkout, "edited by hand")
    assert said(warm, elsewhere) == "edited by hand"


def test_a_folders_own_package_of_the_same_name_goes_first(warm: Path, tmp_path: Path) -> None:
    assert said(warm, write(tmp_path / "another", "another")) == "another"
