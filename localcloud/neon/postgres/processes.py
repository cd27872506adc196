"""Finding, starting and ending the server processes of clusters, also those that an earlier server left behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from localcloud.neon.postgres.launcher import Launcher, PostgresError
from localcloud.neon.postgres.layout import Layout

START_SECONDS = 20.0
POLL_SECONDS = 0.005
READY_LINE = 7


def find(layout: Layout, number: int) -> psutil.Process | None:
    """The running server of a cluster, or None.

    A stale pid file is not believed: the process must name the data folder.
    """
    try:
        process = psutil.Process(int(_pid_file(layout, number)[0]))
        if process.status() == psutil.STATUS_ZOMBIE or str(layout.data(number)) not in process.cmdline():
            return None
    except (psutil.NoSuchProcess, psutil.AccessDenied, IndexError, ValueError):
        return None
    return process


def start(launcher: Launcher, layout: Layout, number: int, *settings: str) -> subprocess.Popen[bytes]:
    """Start a cluster's server, with `settings` ("name=value") for this time, and wait until it takes connections."""
    layout.socket(number).unlink(missing_ok=True)
    layout.socket(number).with_name(f".s.PGSQL.{number}.lock").unlink(missing_ok=True)
    (layout.data(number) / "postmaster.pid").unlink(missing_ok=True)
    where = ("-D", str(layout.data(number)), "-k", str(layout.sockets), "-p", str(number))
    command = launcher.command("postgres", *where, *(word for setting in settings for word in ("-c", setting)))
    layout.log(number).touch(mode=0o600)
    server = launcher.popen(command, log=layout.log(number), cwd=layout.home / "clusters")
    _wait_until_ready(layout, number, server)
    return server


def _wait_until_ready(layout: Layout, number: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        lines = _pid_file(layout, number)
        if len(lines) > READY_LINE and lines[0] == str(server.pid) and lines[READY_LINE].strip() == "ready":
            return
        time.sleep(POLL_SECONDS)
    failed = f"ended with {server.poll()}" if server.poll() is not None else f"was not ready within {START_SECONDS:g} s"
    server.kill()
    server.wait()
    tail = layout.log(number).read_text(errors="replace")[-600:]
    raise PostgresError(f"PostgreSQL for cluster {number} {failed}; the end of {layout.log(number)}: {tail}")


def _pid_file(layout: Layout, number: int) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return (layout.data(number) / "postmaster.pid").read_text().splitlines()
    return []


def end(processes: Iterable[psutil.Process], *, seconds: float) -> None:
    """End servers together: first so that they write their data, after `seconds` by force."""
    waiting = list(processes)
    for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 1.0)):
        for process in waiting:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        waiting = _still_there(waiting, patience)
        if not waiting:
            return


def _still_there(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    while (left := [p for p in processes if _alive(p)]) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return left


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def running(layout: Layout) -> list[psutil.Process]:
    """The servers of all clusters below this layout."""
    return [process for number in layout.numbers() if (process := find(layout, number)) is not None]


def begun(layout: Layout) -> list[psutil.Process]:
    """What this process has begun, and that works on clusters below this layout."""
    return [process for process in psutil.Process().children() if _works_below(layout, process)]


def _works_below(layout: Layout, process: psutil.Process) -> bool:
    try:
        return any(str(layout.home) in word for word in process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def stop_leftovers(state: Path, *, seconds: float = 3.0) -> list[int]:
    """End the PostgreSQL servers that a killed server left in its state folder; returns their process ids."""
    home = state.resolve() / "postgres"
    layout = Layout(home=home, sockets=home / "sockets")
    if not (layout.home / "clusters").is_dir():
        return []
    processes = running(layout)
    end(processes, seconds=seconds)
    layout.forget_short_path()
    return [process.pid for process in processes]
