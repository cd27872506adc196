"""The stand-in for AWS as a process of its own, and ways to talk to it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

REGION = "us-west-1"
DEADLINE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    address: str
    state: Path
    process: subprocess.Popen[str]
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: Any, *, access_key: str = "test", region: str = REGION) -> Any:
        """A client of boto3 that tries once; the same one each time, because making one is slow."""
        key = (service, access_key, region)
        if key not in self.clients:
            self.clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.address,
                aws_access_key_id=access_key,
                aws_secret_access_key="secret",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self.clients[key]

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call the control API; a refusal is an error."""
        response = requests.request(method, f"{self.address}/_localcloud/{path}", json=body, timeout=DEADLINE)
        response.raise_for_status()
        return response.json()

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("GET", f"journal?after={after}")["entries"]
        return entries

    def calls(self, after: int) -> list[str]:
        """The names of the actions since then."""
        return [entry["action"] for entry in self.journal(after)]

    def new_app(self, **members: Any) -> str:
        """An app of its own for a test; its id."""
        asked = {"name": f"app-{uuid.uuid4().hex[:8]}", "repository": "https://github.com/example/app", **members}
        return str(self.client("amplify").create_app(accessToken="token", **asked)["app"]["appId"])


def start(state: Path, port: int = 0) -> Server:
    """Start a server and wait until it says that it is ready."""
    words = [sys.executable, "-m", "localcloud.aws", "--state", str(state), "--port", str(port)]
    environment = {**os.environ, "AWS_REGION": REGION}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the server ended with {process.wait()} before it was ready"
    return Server(address=f"http://127.0.0.1:{json.loads(line)['port']}", state=state, process=process)


@contextlib.contextmanager
def running(state: Path, port: int = 0) -> Iterator[Server]:
    """A server that is gone afterwards."""
    server = start(state, port)
    try:
        yield server
    finally:
        end(server)


def end(server: Server) -> None:
    server.process.terminate()
    server.process.wait(DEADLINE)
    if server.process.stdout:
        server.process.stdout.close()


def wait_for(what: str, found: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """Ask until the answer is true, and give it back."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        outcome = found()
        if outcome:
            return outcome
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s in vain for {what}")
