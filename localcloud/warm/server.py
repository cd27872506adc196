"""The warm process: one thread, so that it can fork, that takes orders and tells how their children ended."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from pathlib import Path

from localcloud.warm.child import become
from localcloud.warm.libraries import load_libraries
from localcloud.warm.message import SOCKET, receive
from localcloud.warm.modules import Written, load_modules


class Server:
    """`state` is a folder of its own; `port` answers the questions that every part of localcloud is asked."""

    def __init__(self, state: Path, port: int) -> None:
        self._path = state / SOCKET
        self._children: dict[int, socket.socket] = {}
        self._stopped = False
        self.loaded: Written = {}
        self._selector = selectors.DefaultSelector()
        self._orders = self._listen_for_orders()
        self._control = socket.create_server(("127.0.0.1", port))
        self._woken, self._waker = socket.socketpair()
        self.port = int(self._control.getsockname()[1])

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; children that still run are left to the engines that ordered them."""
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        for listener in (self._orders, self._control, self._woken):
            self._selector.register(listener, selectors.EVENT_READ)
        while not self._stopped:
            for key, _ in self._selector.select():
                self._handle(key.fileobj)
        self._path.unlink(missing_ok=True)

    def _listen_for_orders(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Bound by a name relative to its folder: a socket's path may not be longer than about a hundred bytes.
        before = Path.cwd()
        os.chdir(self._path.parent)
        listener.bind(SOCKET)
        os.chdir(before)
        self._path.chmod(0o600)
        listener.listen(64)
        return listener

    def _stop(self) -> None:
        self._stopped = True

    def _handle(self, source: object) -> None:
        if source is self._orders:
            self._take_order()
        elif source is self._control:
            self._answer()
        else:
            with contextlib.suppress(BlockingIOError):
                self._woken.recv(4096)
            self._reap()

    def _take_order(self) -> None:
        connection, _ = self._orders.accept()
        connection.settimeout(5.0)
        try:
            received = receive(connection)
        except (OSError, ValueError, TypeError):
            received = None
        if received is None:
            connection.close()
            return
        order, descriptors = received
        pid = os.fork()
        if pid == 0:
            become(order, descriptors, self.loaded)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children[pid] = connection
        _tell(connection, {"pid": pid})

    def _reap(self) -> None:
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            connection = self._children.pop(pid, None)
            if connection is not None:
                _tell(connection, {"status": os.waitstatus_to_exitcode(status)})
                connection.close()

    def _answer(self) -> None:
        """Any request to the control address means the same here: whether this process is well."""
        connection, _ = self._control.accept()
        connection.settimeout(2.0)
        body = json.dumps({"ok": True}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)


def _tell(connection: socket.socket, message: dict[str, int]) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def serve(state: Path, port: int) -> None:
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = Server(state, port)
    print(json.dumps({"ready": True, "port": server.port, "pid": os.getpid()}), flush=True)
    sys.stdout.flush()
    load_libraries()
    server.loaded = load_modules()
    gc.collect()
    gc.freeze()
    server.run()
