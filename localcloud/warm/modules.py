"""Our own modules, loaded in advance too, and used for as long as their files are what they were.

A child whose files changed since, or whose folder has packages of these names, imports them itself.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType

# What a child runs as its own `__main__` is not among them, and the program is what a project's `__main__.py` imports.
MODULES = (
    "localcloud.engine.commands",
    "localcloud.engine.config_commands",
    "localcloud.engine.importing",
    "localcloud.engine.stack_commands",
    "localcloud.planning",
    "localcloud.composing",
    "localcloud.engines",
    "localcloud.providers.aws.package",
    "localcloud.providers.command.package",
    "localcloud.providers.process",
    "components.program",
)
PACKAGES = ("components", "hosting", "localcloud", "neon")
_RUNNING = "localcloud.warm"

Written = Mapping[str, tuple[int, int]]
"""When each file was written, and its size, by its path."""


def load_modules() -> Written:
    """Import them; the files that they, and all that they import of ours, are from."""
    for name in MODULES:
        with suppress(ImportError):  # without the program around it, localcloud serves another one
            importlib.import_module(name)
    return {file: _written(file) for file in filter(None, (module.__file__ for _, module in _ours()))}


def forget_changed(loaded: Written, folder: Path) -> None:
    """Have them imported anew where that could give others than those that are loaded."""
    if all(_written(file) == written for file, written in loaded.items()) and not any(_hidden(folder)):
        return
    for name, _ in _ours():
        del sys.modules[name]


def _ours() -> list[tuple[str, ModuleType]]:
    """Those that are loaded, but for the warm process's own: it goes on."""
    return [
        (name, module)
        for name, module in sys.modules.items()
        if name.partition(".")[0] in PACKAGES and name != "localcloud" and not name.startswith(_RUNNING)
    ]


def _hidden(folder: Path) -> Iterator[bool]:
    """Of each package, whether a child in this folder would import another one."""
    for name in PACKAGES:
        loaded = sys.modules.get(name)
        here = folder / name
        yield loaded is not None and here.is_dir() and Path(loaded.__path__[0]).resolve() != here.resolve()


def _written(file: str) -> tuple[int, int]:
    try:
        found = Path(file).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
