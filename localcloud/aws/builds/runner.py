"""The workers of all jobs that run, seen from the stand-in."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from localcloud.aws.builds.order import STOP, Event, Order, event
from localcloud.aws.builds.tools import write_tools

_WORKER = (sys.executable, "-P", "-m", "localcloud.aws.builds.worker")
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKey:
    """Which job of which branch."""

    app_id: str
    branch: str
    job_id: int


Report = Callable[[JobKey, Event | None], None]
"""Told each event of a job, and None when its worker has ended."""


class Runner:
    """Starts a worker for each job. What a job keeps is below `folder`, a folder for each app, branch and job."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._lock = threading.Lock()
        self._running: dict[JobKey, subprocess.Popen[str]] = {}
        self._path = ""

    @property
    def path(self) -> str:
        """The PATH of jobs; its launchers are written when it is asked for first."""
        with self._lock:
            self._path = self._path or write_tools(self._folder / "tools")
            return self._path

    def branch_folder(self, app_id: str, branch: str) -> Path:
        return self._folder / app_id / quote(branch, safe="")

    def job_folder(self, key: JobKey) -> Path:
        return self.branch_folder(key.app_id, key.branch) / str(key.job_id)

    def start(self, key: JobKey, order: Order) -> None:
        """Begin a job; what becomes of it is reported from another thread."""
        process = subprocess.Popen(
            _WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", start_new_session=True
        )
        with self._lock:
            self._running[key] = process
        _tell(process, order.to_line())
        threading.Thread(target=self._follow, args=(key, process), daemon=True).start()

    def _follow(self, key: JobKey, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        with process.stdout:
            for line in process.stdout:
                self._report(key, event(line))
        _wait(process)
        with self._lock:
            self._running.pop(key, None)
        self._report(key, None)

    def stop(self, key: JobKey) -> None:
        """Ask a job to end; it is a matter of milliseconds."""
        with self._lock:
            process = self._running.get(key)
        if process is not None:
            _tell(process, STOP + "\n")

    def forget(self, app_id: str, branch: str = "", job_id: int = 0) -> None:
        """End all that runs of an app, a branch or a job, and remove what was kept of it."""
        with self._lock:
            found = [one for key, one in self._running.items() if _is_of(key, app_id, branch, job_id)]
        for process in found:
            _tell(process, STOP + "\n")
            _wait(process)
        folder = self.branch_folder(app_id, branch) if branch else self._folder / app_id
        shutil.rmtree(folder / str(job_id) if job_id else folder, ignore_errors=True)

    def close(self) -> None:
        """End all jobs, because the stand-in ends."""
        with self._lock:
            processes = list(self._running.values())
        for process in processes:
            with contextlib.suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]  # it was asked for
        for process in processes:
            _wait(process)


def _is_of(key: JobKey, app_id: str, branch: str, job_id: int) -> bool:
    return key.app_id == app_id and branch in ("", key.branch) and job_id in (0, key.job_id)


def _tell(process: subprocess.Popen[str], text: str) -> None:
    """Write to a worker; one that has gone needs no telling."""
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(text)  # type: ignore[union-attr]  # it was asked for
        process.stdin.flush()  # type: ignore[union-attr]


def _wait(process: subprocess.Popen[str]) -> None:
    """See a worker end. It ends its own children; of one that was killed, the group is ended that is named after it."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE)
    if process.returncode != 0:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
