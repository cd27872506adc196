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
from localcloud.warm.client import WARM_FOLDER

_SYSTEM: Final = "/usr/local/bin:/usr/bin:/bin"
_FORKED: Final = "aws"
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
    variable, value = (WARM_FOLDER, _warm_folder()) if name == _FORKED else (_calls.FILE, str(calls))
    where = f"{variable}={shlex.quote(value)}"
    return f'#!/bin/sh\n{where} exec {shlex.quote(sys.executable)} -P -m {image.__name__}.{name} "$@"\n'


def _warm_folder() -> str:
    """Of the home that this stand-in is a part of, if it is of one: a job's own variables do not tell."""
    home = os.environ.get("LOCALCLOUD_HOME")
    return f"{home}/warm" if home else ""


def _commands() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(image.__path__) if not found.name.startswith("_")]


def _found() -> Iterator[tuple[str, str]]:
    """Programs and where they are: those that are on the stand-in's own PATH."""
    for name in _MACHINE:
        program = shutil.which(name)
        if program and name not in _commands():
            yield name, program
