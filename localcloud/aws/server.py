"""The process: sockets, signals, the ready line."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from localcloud.aws.amplify.service import Amplify
from localcloud.aws.front import Front
from localcloud.aws.journal import Journal
from localcloud.aws.moto_services import Identities, ParameterStore
from localcloud.aws.resources import Resources
from localcloud.aws.services import Services
from localcloud.aws.snapshot import Snapshot
from localcloud.aws.throttling import Throttling
from localcloud.aws.warm import warm

_LOG = logging.getLogger(__name__)


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as AWS does, and answers at once: an answer is two small writes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Say nothing: the journal has it, and a request line may carry a presigned query."""


def serve(state: Path, port: int) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT. `state` is made with mode 0700; port 0 takes a free one."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    state.chmod(0o700)
    journal = Journal(state / "journal.jsonl")
    parameters = ParameterStore(Snapshot(state / "ssm.json"))
    services = Services(
        amplify=Amplify(Snapshot(state / "amplify.json"), state / "builds", parameters.by_path),
        parameters=parameters,
        identities=Identities(),
        resources=Resources(Snapshot(state / "resources.json")),
        throttling=Throttling(),
    )
    warm(services.parameters, services.identities)
    server = make_server("127.0.0.1", port, Front(services, journal), threaded=True, request_handler=_Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # an open idle connection must not hold up the end
    _stop_on_signals(server)
    print(json.dumps({"ready": True, "port": server.server_port, "pid": os.getpid()}), flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    services.amplify.close()
    journal.close()
    _LOG.info("stopped")


def _stop_on_signals(server: BaseWSGIServer) -> None:
    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
