"""The commands that a job finds: those of the build image, and a few of this machine."""

from __future__ import annotations

import os
import pkgutil
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from localcloud import image
from localcloud.files import write_whole
from localcloud.image import _calls

_SYSTEM: Final = "/usr/local/bin:/usr/bin:/bin"
_OURS: Final = ("aws",)
_MACHINE: Final = ("git", "node", "npm")

CALLS: Final = "calls.jsonl"
"""The file beside the launchers' folder that the image's commands write down in how they were called."""


def write_tools(folder: Path) -> str:
    """Write launchers into a folder that is emptied first; the PATH of a job."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for name, program in _found():
        (folder / name).symlink_to(program)
    for name in _commands():
        write_whole(folder / name, _launcher(name, folder.parent / CALLS), mode=0o700)
    return f"{folder}:{_SYSTEM}"


def _launcher(name: str, calls: Path) -> str:
    where = f"{_calls.FILE}={shlex.quote(str(calls))}"
    return f'#!/bin/sh\n{where} exec {shlex.quote(sys.executable)} -P -m {image.__name__}.{name} "$@"\n'


def _commands() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(image.__path__) if not found.name.startswith("_")]


def _found() -> Iterator[tuple[str, str]]:
    """Programs and where they are: ours beside this interpreter, and those that are on the stand-in's own PATH."""
    beside = str(Path(sys.executable).parent)
    for name in (*_OURS, *_MACHINE):
        program = shutil.which(name, path=beside if name in _OURS else os.environ.get("PATH", os.defpath))
        if program and name not in _commands():
            yield name, program
