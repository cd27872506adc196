"""What PostgreSQL says of a connection, in words that hold nothing of its address."""

from __future__ import annotations

import re

import psycopg

CONNECT = 15  # seconds; Neon wakes a suspended compute meanwhile
_FATAL = re.compile(r"FATAL:\s+(.+)")  # as the server says it; the client's own words may quote the address


def reason_of(error: psycopg.Error) -> str:
    """What the server said, in one line; that it cannot be reached, where it said nothing."""
    told = error.diag.message_primary
    if told is not None:
        return told
    refused = _FATAL.search(str(error))
    return refused[1].strip() if refused else "it cannot be reached"


def refusal(address: str) -> str | None:
    """Why the database at ``address``, which is secret, does not answer a question; None when it does."""
    try:
        with psycopg.connect(address, connect_timeout=CONNECT) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return f"{reason_of(error)} ({type(error).__name__})"
    return None
