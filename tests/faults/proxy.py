"""A proxy that forwards everything, but has one fault at one request."""

from __future__ import annotations

import contextlib
import http.client
import importlib
import pkgutil
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.faults import kinds

JSON = {"Content-Type": "application/json"}
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_LONG = 400  # bytes that come before a reply that trickles
_BETWEEN = 0.05  # seconds, between two of them
NOT_FORWARDED = frozenset({"connection", "content-length", "transfer-encoding", "server", "date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Exchange:
    """One request, and what a fault can do with it."""

    def __init__(self, handler: BaseHTTPRequestHandler, upstream: tuple[str, int]) -> None:
        self._handler = handler
        self._upstream = upstream
        self.method, self.path, self._headers = handler.command, handler.path, dict(handler.headers)
        self._body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    def forward(self) -> Answer:
        """Has the service carry it out, now or later."""
        connection = http.client.HTTPConnection(*self._upstream, timeout=20)
        with contextlib.closing(connection):
            connection.request(self.method, self.path, self._body, self._headers)
            reply = connection.getresponse()
            headers = {key: value for key, value in reply.getheaders() if key.lower() not in NOT_FORWARDED}
            return Answer(status=reply.status, headers=headers, body=reply.read())

    def reply(self, answer: Answer, *, sent: int | None = None) -> None:
        """Answers; with ``sent``, that many bytes of the body only, though more were announced."""
        self._handler.send_response(answer.status)
        for key, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self._handler.send_header(key, value)
        self._handler.end_headers()
        self._handler.wfile.write(answer.body[:sent])
        self._handler.wfile.flush()

    def trickle(self, answer: Answer) -> None:
        """Answers a byte at a time, so that no silence is long, until the client has closed the connection."""
        self.reply(replace(answer, body=b" " * _LONG + answer.body), sent=1)
        self._drip(b" ")

    def trickle_headers(self, answer: Answer) -> None:
        """As ``trickle``, and not even the headers come to an end."""
        self._handler.wfile.write(f"HTTP/1.1 {answer.status} Slow\r\nX-Slow: ".encode())
        self._drip(b"x")

    def _drip(self, byte: bytes) -> None:
        self._handler.connection.settimeout(_BETWEEN)
        for _ in range(_LONG):
            if self._client_has_gone():
                break
            with contextlib.suppress(OSError):
                self._handler.wfile.write(byte)
        self._handler.close_connection = True

    def _client_has_gone(self) -> bool:
        """Waits for a moment; a client that still listens has nothing to say."""
        try:
            return not self._handler.connection.recv(1)
        except TimeoutError:
            return False
        except OSError:
            return True

    def close(self, *, reset: bool = False) -> None:
        """Ends the connection; with ``reset``, the way a firewall does."""
        if reset:
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        with contextlib.suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_WR if reset else socket.SHUT_RDWR)
        self._handler.connection.close()
        self._handler.close_connection = True

    def until_the_client_gives_up(self) -> None:
        """Says nothing until the client has closed the connection."""
        self._handler.connection.settimeout(20)
        with contextlib.suppress(OSError):
            self._handler.connection.recv(1)
        self._handler.close_connection = True


Fault = Callable[[Exchange], None]


def all_kinds() -> dict[str, Fault]:
    """Every kind of fault, by the name of its file."""
    names = [module.name for module in pkgutil.iter_modules(kinds.__path__)]
    return {name: importlib.import_module(f"{kinds.__name__}.{name}").act for name in names}


Counts = Callable[[str, str], bool]


def any_request(_method: str, _path: str) -> bool:
    return True


def mutating(method: str, _path: str) -> bool:
    return method != "GET"


@dataclass(slots=True, kw_only=True)
class Proxy:
    """``at`` is the number, from 0, of the request that ``fault`` happens to, among those that count.

    With ``lasting`` it happens to all requests from there on. ``methods`` are those of the requests that came.
    """

    address: str
    fault: Fault | None = None
    at: int = -1
    counts: Counts = any_request
    lasting: bool = False
    counted: int = 0
    methods: list[str] = field(default_factory=list)

    def arm(self, fault: Fault | None, at: int = -1, *, counts: Counts = any_request, lasting: bool = False) -> None:
        self.methods.clear()
        self.fault, self.at, self.counts, self.lasting, self.counted = fault, at, counts, lasting, 0

    def fault_for(self, method: str, path: str) -> Fault | None:
        """What is to happen to a request that came, or None."""
        self.methods.append(method)
        number = self.counted
        is_it = self.counts(method, path)
        self.counted += is_it
        due = (is_it and number == self.at) or (self.lasting and number > self.at >= 0)
        return self.fault if due else None


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    guard = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            exchange = Exchange(self, (host, port))
            with guard:
                fault = proxy.fault_for(self.command, self.path)
            if fault is None:
                exchange.reply(exchange.forward())
            else:
                fault(exchange)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: object) -> None:
            """The service's own journal tells more."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy = Proxy(address=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
