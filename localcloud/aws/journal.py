"""Which calls came in: their names and outcomes, never their bodies or query strings."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call. `mutating` says that the action is of the kind that changes something, whether or not it succeeded."""

    n: int
    time: str
    method: str
    path: str
    status: int
    mutating: bool
    action: str


class Journal:
    """The calls in order, numbered from 1, kept in a file of mode 0600 over restarts. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._entries = _read(path)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, *, method: str, path: str, status: int, mutating: bool, action: str) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock:
            n = len(self._entries) + 1
            entry = Entry(n=n, time=time, method=method, path=path, status=status, mutating=mutating, action=action)
            self._entries.append(entry)
            os.write(self._descriptor, (json.dumps(asdict(entry)) + "\n").encode())

    def after(self, n: int) -> list[Entry]:
        """The entries numbered above `n`."""
        with self._lock:
            return self._entries[max(n, 0) :]

    def __len__(self) -> int:
        return len(self._entries)

    def close(self) -> None:
        os.close(self._descriptor)


def _read(path: Path) -> list[Entry]:
    """What an earlier process wrote; a last line that a kill cut short is left out."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")
    whole, rest = lines[:-1], lines[-1]
    if rest:
        path.write_text("".join(line + "\n" for line in whole))
    return [Entry(**json.loads(line)) for line in whole]
