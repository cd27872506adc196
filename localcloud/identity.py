"""Telling a process from another that was given the same pid later."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One process for good: its pid together with the moment of its start, and what to call it."""

    pid: int
    started: str
    name: str

    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return started(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Send the signal, unless the process is gone or the pid is another's by now."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def mark(pid: int, name: str) -> Mark | None:
    """The running process with this pid; None without one."""
    moment = started(pid)
    return None if moment is None else Mark(pid=pid, started=moment, name=name)


def started(pid: int) -> str | None:
    """A text that no other process has together with this pid; None when it does not run (or is a zombie)."""
    return _started_by_proc(pid) if sys.platform == "linux" else _started_by_psutil(pid)


def _started_by_proc(pid: int) -> str | None:
    # Ticks since boot do not move when the wall clock is set, and this costs no import.
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{BOOT_ID.read_text(encoding='ascii').strip()}:{fields[19]}"
    except (FileNotFoundError, ProcessLookupError):
        return None


def _started_by_psutil(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
    except psutil.NoSuchProcess:
        return None


def wait_for_end(marks: Iterable[Mark], seconds: float) -> list[Mark]:
    """Wait until all have ended, `seconds` at most; the ones that still run then."""
    deadline = time.monotonic() + seconds
    left = [one for one in marks if one.alive()]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [one for one in left if one.alive()]
    return left
