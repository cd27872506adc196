"""What anybody on the machine can read while something runs: the command lines of all processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

WATCH_SECONDS = 0.3


@contextmanager
def watched_processes() -> Iterator[set[str]]:
    """Every command line that is seen while the block runs; whole at its end."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(WATCH_SECONDS):
            for process in psutil.process_iter(["cmdline"]):
                seen.add(" ".join(process.info["cmdline"] or []))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()
