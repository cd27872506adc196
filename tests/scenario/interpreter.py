"""The projects' `.venv`: this one, but that what it runs of ours is forked by the warm process, where there is one."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_PYTHON = """\
#!/bin/sh
case "$1 $2" in
"-m ops" | "-m hosting."*) exec {python} -P -c {fork} "$@" ;;
*) exec {python} "$@" ;;
esac
"""
_FORK = """\
import sys
from localcloud.warm.standing import run
module, sys.argv[1:] = sys.argv[2], sys.argv[3:]
sys.exit(run(module, tuple(sys.argv[1:])))
"""


def shared_interpreter(home: Path) -> Path:
    """The one of all projects below a home of localcloud, written when it is not there."""
    folder = home / "interpreter"
    if not folder.exists():
        _write_interpreter(folder)
    return folder


def _write_interpreter(folder: Path) -> None:
    """Loading what such a command needs takes half a second, and each scenario has a dozen of them."""
    (folder / "bin").mkdir(parents=True)
    for path in Path(sys.prefix).iterdir():
        if path.name != "bin":
            (folder / path.name).symlink_to(path)
    for path in (Path(sys.prefix) / "bin").iterdir():
        if path.name != "python":
            (folder / "bin" / path.name).symlink_to(path)
    program = folder / "bin" / "python"
    program.write_text(_PYTHON.format(python=shlex.quote(sys.executable), fork=shlex.quote(_FORK)))
    program.chmod(0o700)
