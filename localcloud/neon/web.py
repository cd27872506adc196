"""HTTP on a loopback port, one thread for each connection."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from localcloud.neon.app import App, Request
from localcloud.neon.context import Reply

LARGEST_BODY = 4 * 1024 * 1024
IDLE_SECONDS = 60


class WebServer(ThreadingHTTPServer):
    """Serves an App on 127.0.0.1. Open connections do not keep the process alive."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.app: App | None = None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no fault of the server."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebServer
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_any(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            message = f"a body needs a Content-Length of at most {LARGEST_BODY} bytes"
            return self._send(Reply(status=400, body={"code": "", "message": message}), "")
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert self.server.app is not None  # noqa: S101
        request = Request(method=self.command, target=self.path, headers=headers, body=body)
        return self._send(*self.server.app.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def _send(self, reply: Reply, request_id: str) -> None:
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        if request_id and request_id.isascii() and request_id.isprintable():
            self.send_header("X-Request-ID", request_id)
        if reply.body is not None:
            self.send_header("Content-Type", "application/json")
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)
        self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header Date: by the clock that all the other times go by."""
        assert self.server.app is not None  # noqa: S101
        return super().date_time_string(self.server.app.context.clock() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the journal has every request, without its query string."""
