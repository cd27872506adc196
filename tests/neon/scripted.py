"""A server that answers from a script, for what no healthy service would answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from neon.client import NeonClient
from neon.retry import Pace
from neon.transport import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``cut`` closes the connection instead of answering, after the request was read."""

    status: int = 200
    body: Any = field(default_factory=dict)
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass(slots=True, kw_only=True)
class Script:
    replies: list[Reply]
    seen: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    host: str = ""

    def client(self, **pace: float) -> NeonClient:
        """A client whose sleeps pass at once and move its clock, and whose chance is always at its height."""
        clock = [0.0]

        def sleep(seconds: float) -> None:
            self.sleeps.append(seconds)
            clock[0] += max(seconds, 0.01)

        return NeonClient(
            Credentials(api_key="key-for-tests", host=self.host),
            Pace(clock=lambda: clock[0], sleep=sleep, chance=lambda: 1.0, say=self.said.append, **pace),
        )


@contextmanager
def scripted(*replies: Reply) -> Iterator[Script]:
    """Answers with ``replies`` in order; a request beyond the last one fails loudly with 599."""
    script = Script(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.bodies.append(json.loads(body or b"null"))
            script.seen.append(f"{self.command} {self.path}")
            script.headers.append(dict(self.headers))
            script.connections.add(self.client_address)
            reply = script.replies.pop(0) if script.replies else Reply(status=599, body={"message": "script ended"})
            if reply.cut:
                self.close_connection = True
                return
            payload = (reply.text if reply.text is not None else json.dumps(reply.body)).encode()
            self.send_response_only(reply.status)
            date = {"Date": self.date_time_string()}
            for name, value in {**date, **reply.headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - names that http.server looks for

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.host = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def branch_json(name: str = "staging", branch_id: str = "br-one-1", **fields: Any) -> dict[str, Any]:
    base = {
        "id": branch_id,
        "project_id": "p-1",
        "name": name,
        "current_state": "ready",
        "created_at": "2026-01-01T00:00:00Z",
    }
    return {**base, "default": False, "protected": False, **fields}


def operation_json(status: str = "running", operation_id: str = "op-1", **fields: Any) -> dict[str, Any]:
    return {
        "id": operation_id,
        "project_id": "p-1",
        "branch_id": "br-one-1",
        "endpoint_id": None,
        "action": "create_branch",
        "status": status,
        "created_at": "2026-01-01T00:00:00Z",
    } | fields
