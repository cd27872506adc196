"""What PostgreSQL says of a connection, in words that hold nothing of its address."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

import psycopg

CONNECT = 15  # seconds; Neon wakes a suspended compute meanwhile
ANSWER = 30.0  # seconds for a question that needs no work
_FATAL = re.compile(r"FATAL:\s+(.+)")  # as the server says it; the client's own words may quote the address


def reason_of(error: psycopg.Error) -> str:
    """What the server said, in one line; where it said nothing, whether it cannot be reached or was not asked."""
    told = error.diag.message_primary
    if told is not None:
        return told
    refused = _FATAL.search(str(error))
    if refused:
        return refused[1].strip()
    unsent = isinstance(error, psycopg.DataError | psycopg.ProgrammingError)
    return "a value cannot be sent to it" if unsent else "it cannot be reached, or does not answer"


def refusal(address: str, patience: float = ANSWER) -> str | None:
    """Why the database at ``address``, which is secret, does not answer a question within ``patience`` seconds of the
    connection; None when it does."""
    try:
        connected = psycopg.connect(address, connect_timeout=CONNECT, autocommit=True)
        with connected as connection, _at_most(connection, patience):
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return f"{reason_of(error)} ({type(error).__name__})"
    return None


@contextmanager
def _at_most(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Takes the connection away after that: what waits for an answer on it fails. No setting of PostgreSQL's ends the
    wait for a server that is gone."""
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        timer = Timer(seconds, lambda: _hang_up(line))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # closed meanwhile
        line.shutdown(socket.SHUT_RDWR)
