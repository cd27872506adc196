"""One command at a time changes a home."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from localcloud.errors import LocalcloudError
from localcloud.home import Home

PATIENCE_SECONDS = 60.0


@contextmanager
def locked(home: Home, say: Callable[[str], None], patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the home's lock; wait `patience` seconds for another command, then raise LocalcloudError.

    The lock goes with the process: a killed command leaves none behind.
    """
    handle = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try(handle):
            say(f"localcloud: another command works on {home.root}: waiting for it, {patience:.0f} s at most")
            _wait(handle, home, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(handle: int, home: Home, deadline: float) -> None:
    while not _try(handle):
        if time.monotonic() > deadline:
            raise LocalcloudError(f"another localcloud command still holds {home.lock}: end it, then try again")
        time.sleep(0.05)
