"""Where the tests keep their files: a database cluster is a thousand of them, ten times as slow to make on a disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 - only looked at; pytest makes a folder of its own in it
ROOM = 4 * 2**30


def in_memory(folder: Path = MEMORY) -> bool:
    """Whether the folder can take all that the tests write, and have programs started from it."""
    if not folder.is_dir() or not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(folder).free, psutil.virtual_memory().available) > ROOM
