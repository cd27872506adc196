"""Processes that cannot outlive a job: whatever a command starts, in whatever session, ends with it."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 3.0
_PAUSE = 0.01


class StoppedError(Exception):
    """The job was told to end."""


class TimedOutError(Exception):
    """The job had no time left."""


class Cage:
    """Runs one command at a time, until `stop`. Linux hands orphans to this process, so that it finds them too."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._stopped = False
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def run(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path) -> int:
        """The exit status of a command; both its streams go to the end of `log`.

        Raises:
            StoppedError: as soon as the job was told to end.
            TimedOutError: at the job's deadline, with the command ended.
        """
        with log.open("ab") as output, self._lock:
            if self._stopped:
                raise StoppedError
            process = subprocess.Popen(
                command, cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            status = process.wait(max(self._deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired as error:
            end_children()
            raise TimedOutError from error
        if self._stopped:
            raise StoppedError
        return status

    def stop(self) -> None:
        """End what runs and let nothing begin. For another thread than the one that runs commands."""
        with self._lock:
            self._stopped = True
        end_children()

    def pause(self, seconds: float) -> None:
        """Let time go by; StoppedError when the job was told to end by then."""
        time.sleep(seconds)
        if self._stopped:
            raise StoppedError


def end_children() -> None:
    """Kill every process below this one, and those that they leave, until there is none or patience ends."""
    deadline = time.monotonic() + _PATIENCE
    while (children := _children()) and time.monotonic() < deadline:
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGKILL)
        time.sleep(_PAUSE)


def _children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [child for child in found if not _is_over(child)]


def _is_over(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
