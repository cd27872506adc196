"""What still runs in a folder."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil


def processes_of(folder: Path) -> list[int]:
    """What still runs in the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def end_processes(folder: Path) -> None:
    """SIGKILL to what still runs in the folder: the CLI's plugins outlive a killed CLI."""
    for pid in processes_of(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
