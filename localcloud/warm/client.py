"""Asking the warm process for a child, and waiting for it."""

from __future__ import annotations

import json
import os
import select
import socket

from localcloud.warm.message import SOCKET, Order, send

WARM_FOLDER = "LOCALCLOUD_WARM"  # the warm process's folder, set in localcloud's environment
_ANSWER_SECONDS = 30.0
_FORK_SECONDS = 300.0  # a machine that is short of memory takes its time


class Forked:
    """A child of the warm process that `order.env` names.

    OSError from the constructor means that the warm process is not there: nothing was started.
    """

    def __init__(self, order: Order, descriptors: list[int]) -> None:
        self._connection = _connect(order.env[WARM_FOLDER])
        self._status: int | None = None
        self._text = b""
        send(self._connection, order, descriptors)
        try:
            self._pid = self._read(_FORK_SECONDS)["pid"]
        except TimeoutError:
            # No OSError: whoever took it for "nothing was started" would have the command run twice.
            raise RuntimeError(
                f"the warm process has not answered for {_FORK_SECONDS:.0f} s, and whether the command runs is not "
                "known: run `python -m localcloud down`, then the command again"
            ) from None

    @property
    def pid(self) -> int:
        return self._pid

    def wait(self, seconds: float | None = None) -> int | None:
        """Its exit code; None when it still runs after `seconds`."""
        if self._status is None:
            try:
                self._status = self._read(seconds)["status"]
            except TimeoutError:
                return None
            except OSError:
                self._status = 1  # the warm process is gone, and what became of its child is not known
        return self._status

    def _read(self, seconds: float | None) -> dict[str, int]:
        while b"\n" not in self._text:
            if not select.select([self._connection], [], [], seconds)[0]:
                raise TimeoutError("the warm process did not answer")
            more = self._connection.recv(4096)
            if not more:
                raise ConnectionError("the warm process closed the connection")
            self._text += more
        line, _, self._text = self._text.partition(b"\n")
        answer: dict[str, int] = json.loads(line)
        return answer


def _connect(folder: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_ANSWER_SECONDS)
        connection.connect(_short(f"{folder}/{SOCKET}"))
    except OSError:
        connection.close()
        raise
    return connection


def _short(path: str) -> str:
    """A socket's path may not be longer than about a hundred bytes; relative to here it may be shorter."""
    return min(path, os.path.relpath(path), key=len)
