"""What is asked of the warm process, and how: one JSON line, with the child's descriptors beside it."""

from __future__ import annotations

import json
import socket

SOCKET = "warm.sock"
LIMIT = 1 << 20  # bytes of one order; an environment is a few KiB
MOST_DESCRIPTORS = 16


class Order:
    """A child: the script's path, or with `module` its module name, its arguments, folder, environment.

    `numbers` are the descriptors' numbers in the child, in the order in which they are sent along. `leash`, one of
    them, is a pipe whose end means that whoever ordered the child was killed: the child dies as suddenly.
    """

    def __init__(
        self,
        *,
        target: str,
        module: bool,
        arguments: tuple[str, ...],
        cwd: str,
        env: dict[str, str],
        numbers: tuple[int, ...],
        leash: int | None = None,
    ) -> None:
        self.target, self.module, self.arguments = target, module, arguments
        self.cwd, self.env = cwd, env
        self.numbers, self.leash = numbers, leash


def send(connection: socket.socket, order: Order, descriptors: list[int]) -> None:
    text = json.dumps(vars(order)).encode() + b"\n"
    sent = socket.send_fds(connection, [text], descriptors)
    connection.sendall(text[sent:])


def receive(connection: socket.socket) -> tuple[Order, list[int]] | None:
    """The order and its descriptors; None when the other side closed without one."""
    text, descriptors, _, _ = socket.recv_fds(connection, LIMIT, MOST_DESCRIPTORS)
    while text and not text.endswith(b"\n"):
        more = connection.recv(LIMIT)
        if not more or len(text) > LIMIT:
            return None
        text += more
    if not text:
        return None
    data = json.loads(text)
    return Order(**{**data, "arguments": tuple(data["arguments"]), "numbers": tuple(data["numbers"])}), descriptors
