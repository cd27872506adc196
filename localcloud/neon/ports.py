"""A port that is still free when a server comes back: none that the machine gives to others in the meantime."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from pathlib import Path

_LOWEST = 20000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 32768  # of those that are given out, where the machine does not say
_ATTEMPTS = 50


def lasting_port() -> int:
    """One on loopback that is free, and that no connection and no other server gets by chance later; 0 for none."""
    for _ in range(_ATTEMPTS if first_given_out() > _LOWEST else 0):
        port = random.randrange(_LOWEST, first_given_out())  # noqa: S311 - no secret
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    return 0


def first_given_out() -> int:
    """The first of the ports that the machine gives to connections, and to servers that want any."""
    try:
        return int(_RANGE.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return _FIRST
