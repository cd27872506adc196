"""Which programs on PATH are launchers of ours, and which are not.

A launcher asks this before anything else and is started for every command: so it loads nothing but `os`.
"""

from __future__ import annotations

import os

MARK = "made by localcloud"


def first_real(name: str, path: str) -> str | None:
    """Where the first executable of this name on `path` is that is not a launcher of ours (of any home)."""
    candidates = (os.path.join(entry or ".", name) for entry in path.split(os.pathsep))  # noqa: PTH118
    return next((one for one in candidates if _runs(one) and not is_ours(one)), None)


def _runs(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113


def is_ours(path: str | os.PathLike[str]) -> bool:
    """Whether a program is a launcher that some localcloud wrote."""
    with open(path, "rb") as file:  # noqa: PTH123
        return MARK.encode() in file.read(100)
