"""The plugin's process: the port on the first line of stdout, then service until the engine is gone."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from concurrent import futures

import grpc

from localcloud.providers import servicer
from localcloud.providers.model import Package
from localcloud.providers.watch import until_gone

_THREADS = 16
_UNLIMITED = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))


def serve(package: Package, engine: str | None) -> None:
    """Serve until SIGTERM, SIGINT, or, where the engine's address is known, the engine's end. It does not return."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format=f"pulumi-{package.name}: %(message)s")
    told, over = _listen_to_signals()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=_THREADS), options=_UNLIMITED)
    port = server.add_insecure_port("127.0.0.1:0")
    servicer.add_to(server, package)
    server.start()
    print(port, flush=True)
    if engine:
        threading.Thread(target=_watch, args=(engine, over), daemon=True).start()
    told.recv(1)
    package.cancel()
    server.stop(None)
    os._exit(0)  # calls that are under way must not hold up the end


def _listen_to_signals() -> tuple[socket.socket, socket.socket]:
    """A socket that can be read as soon as a signal says to end, and the other end of it.

    The interpreter writes to it at once, whichever thread the signal reached; a handler in Python would have to wait
    until the main thread does something.
    """
    told, over = socket.socketpair()
    over.setblocking(False)
    signal.set_wakeup_fd(over.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return told, over


def _watch(engine: str, over: socket.socket) -> None:
    until_gone(engine)
    over.send(b"!")
