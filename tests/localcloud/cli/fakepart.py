"""A stand-in for a part: speaks the servers' contract (ready line, health, seed, SIGTERM) and nothing else.

Arguments: NAME --state DIR --port N. In the state folder, a file `fail` makes it end at once, `mute` never get ready.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

STATE = Path(sys.argv[sys.argv.index("--state") + 1])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({"ok": True} if self.path == "/_localcloud/health" else {"unknown": self.path})

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        (STATE / "seed.json").write_bytes(body)
        self._answer({})

    def _answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def serve(port: int) -> None:
    if (STATE / "fail").exists():
        sys.exit("cannot go on: the disk is made of cheese")
    with (STATE / "starts").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    server = HTTPServer(("127.0.0.1", port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (STATE / "environment.json").write_text(json.dumps(dict(os.environ)))
    if not (STATE / "mute").exists():
        sys.stdout.write(json.dumps({"ready": True, "port": server.server_port, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[sys.argv.index("--port") + 1]))
