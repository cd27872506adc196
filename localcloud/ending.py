"""Ending every process of a home, also those that a killed part left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Sequence
from pathlib import Path

from localcloud.errors import LocalcloudError
from localcloud.home import Home
from localcloud.identity import Mark, mark, wait_for_end
from localcloud.parts import Part, forget_record, read_record

SERVER_SECONDS = 8.0
CHILD_SECONDS = 5.0
KILL_SECONDS = 3.0
START_TOLERANCE_SECONDS = 5.0
DEEPEST = 5


def end_all(home: Home, parts: Sequence[Part]) -> list[Mark]:
    """End the parts, then whatever they leave; the processes that were ended. Raises when one does not end."""
    ended = [one for part in parts for one in end_part(home, part)]
    leftover = postmasters(home.root)
    _end(leftover, signal.SIGINT, CHILD_SECONDS)
    return ended + leftover


def end_part(home: Home, part: Part) -> list[Mark]:
    """End one part and the processes below it; the processes that were ended. Its record goes."""
    servers = _servers(home, part)
    below = [one for server in servers for one in descendants(server)]
    # SIGTERM lets the part end its own children in order; only what is left after that is ended one by one.
    _end(servers, signal.SIGTERM, SERVER_SECONDS)
    left = [one for one in below if one.alive()]
    # SIGINT is PostgreSQL's fast shutdown: SIGTERM would wait for its clients.
    _end(left, signal.SIGINT, CHILD_SECONDS)
    forget_record(home, part.name)
    return servers + left


def _servers(home: Home, part: Part) -> list[Mark]:
    record = read_record(home, part.name)
    recorded = [record.mark] if record is not None and record.mark.alive() else []
    known = {one.pid for one in recorded}
    return recorded + [one for one in strays(home, part) if one.pid not in known]


def strays(home: Home, part: Part) -> list[Mark]:
    """Servers on this part's state folder by their command line, recorded or not."""
    import psutil

    state = str(home.state(part.name))
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if serves(words, part.command, state) and process.pid != os.getpid():
            found.append(mark(process.pid, part.name))
    return [one for one in found if one is not None]


def serves(words: Sequence[str], command: Sequence[str], state: str) -> bool:
    """Whether this command line is the part's own, started on this state folder."""
    return list(words[1 : len(command) + 2]) == [*command[1:], "--state", state]


def descendants(server: Mark) -> list[Mark]:
    """All processes below this one, now."""
    import psutil

    try:
        children = psutil.Process(server.pid).children(recursive=True)
        marks = [mark(child.pid, f"{child.name()} of {server.name}") for child in children]
    except psutil.NoSuchProcess:
        return []
    return [one for one in marks if one is not None]


def postmasters(root: Path) -> list[Mark]:
    """PostgreSQL servers whose pid file lies below the folder and whose identity fits that file."""
    # To a certain depth only: each data folder holds a thousand files.
    patterns = ("/".join([*["*"] * depth, "postmaster.pid"]) for depth in range(1, DEEPEST + 1))
    found = (_postmaster(path) for pattern in patterns for path in sorted(root.glob(pattern)))
    return [one for one in found if one is not None]


def _postmaster(path: Path) -> Mark | None:
    import psutil

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        fits = abs(process.create_time() - int(lines[2])) <= START_TOLERANCE_SECONDS
        if fits and _works_in(process, path.parent):
            return mark(process.pid, f"postgres in {path.parent}")
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return None


def _works_in(process: object, folder: Path) -> bool:
    import psutil

    assert isinstance(process, psutil.Process)  # noqa: S101 - narrows the type without importing psutil above
    words = process.cmdline()
    return bool(words) and "postgres" in words[0] and (str(folder) in words or Path(process.cwd()) == folder.resolve())


def _end(marks: Iterable[Mark], number: signal.Signals, seconds: float) -> None:
    marks = list(marks)
    for one in marks:
        one.send(number)
        one.send(signal.SIGCONT)  # a stopped process does not hear the other signal
    left = wait_for_end(marks, seconds)
    for one in left:
        one.send(signal.SIGKILL)
    left = wait_for_end(left, KILL_SECONDS)
    if left:
        names = ", ".join(f"{one.name} (pid {one.pid})" for one in left)
        raise LocalcloudError(f"still running after SIGKILL and {KILL_SECONDS:.0f} s: {names}")
