"""Whether the engine that started us is still there."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable

_PAUSE = 0.2
_PATIENCE = 2.0


def until_gone(address: str) -> None:
    """Return when nothing listens at `host:port` any more, or when our parent process has gone.

    A connection is held open and read: its end is noticed at once, and a server that merely closed an idle one is
    connected to again.
    """
    host, _, port = address.rpartition(":")
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            with socket.create_connection((host, int(port)), timeout=_PATIENCE) as connection:
                _drain(connection, lambda: os.getppid() != parent)
        except OSError:
            return
        time.sleep(_PAUSE)


def _drain(connection: socket.socket, is_over: Callable[[], bool]) -> None:
    """Read until the other side closes, looking at the parent every now and then."""
    connection.settimeout(1.0)
    while not is_over():
        with contextlib.suppress(TimeoutError):
            if not connection.recv(4096):
                return
