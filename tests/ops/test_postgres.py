"""What is said of a database that does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import psycopg
import pytest

from ops.postgres import reason_of, refusal

LET_IN = b"R\0\0\0\x08\0\0\0\0" + b"Z\0\0\0\x05I"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that lets everybody in, and answers no question."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_let_in, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _let_in(server: socket.socket) -> None:
    with suppress(OSError):
        line, _ = server.accept()
        with line:
            line.recv(4096)
            line.sendall(LET_IN)
            while line.recv(4096):
                pass


def test_a_database_that_lets_one_in_and_does_not_answer_is_not_waited_for_without_end(silent: int) -> None:
    address = f"postgresql://owner@127.0.0.1:{silent}/d?sslmode=disable"
    assert refusal(address, 0.1) == "it cannot be reached, or does not answer (OperationalError)"


def test_what_the_client_does_not_send_is_no_server_that_cannot_be_reached() -> None:
    assert reason_of(psycopg.DataError("a text with NUL")) == "a value cannot be sent to it"
