"""What the tests do to a server, over HTTP and SQL, as any client would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import psycopg
import requests

KEY = "key-for-tests"
DEADLINE = 60.0  # seconds, for a machine that is busy
Json = dict[str, Any]
T = TypeVar("T")


def eventually(what: str, check: Callable[[], T | None]) -> T:
    """The first result of `check` that is not None or False."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        found = check()
        if found is not None and found is not False:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {DEADLINE:g} s: {what}")


@dataclass(slots=True)
class Server:
    process: subprocess.Popen[str]
    state: Path
    ready: Json
    http: requests.Session

    @classmethod
    def start(cls, state: Path, *options: str) -> Self:
        process = launch(state, *options)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the server ended before it was ready"
        http = requests.Session()
        http.headers["Authorization"] = f"Bearer {KEY}"
        return cls(process, state, json.loads(line), http)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ready['port']}"

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.http.close()
        self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        self.http.close()
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(timeout=DEADLINE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def call(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        return self.http.request(method, f"{self.address}/api/v2{path}", json=body, timeout=DEADLINE, **options)

    def control(self, method: str, path: str, body: object = None) -> Json:
        reply = self.http.request(method, f"{self.address}/_localcloud/{path}", json=body, timeout=DEADLINE)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def seed(self, name: str, *sql: str) -> Project:
        found = self.control("PUT", "seed", {"projects": [{"name": name, "sql": list(sql)}]})["projects"][0]
        return Project(self, found["id"], found["branch_id"])


def launch(state: Path, *options: str, key: str = KEY, stderr: int | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "localcloud.neon", "--state", str(state), *options],
        stdout=subprocess.PIPE, stderr=stderr, text=True, env={**os.environ, "NEON_API_KEY": key},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """One project on a server; `root` is its default branch's id."""

    server: Server
    id: str
    root: str

    def call(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        return self.server.call(method, f"/projects/{self.id}{path}", body, **options)

    def do(self, method: str, path: str, body: object = None) -> Json:
        """A request that must be accepted; waits until its operations are finished."""
        reply = self.call(method, path, body)
        assert reply.ok, reply.text
        self.wait()
        return dict(reply.json()) if reply.content else {}

    def get(self, path: str, **query: str) -> Json:
        reply = self.call("GET", path, params=query)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def discard(self) -> None:
        """Deletes the project: the data of all that a worker's tests make would be gigabytes."""
        eventually("the project is deleted", self._is_deleted)

    def _is_deleted(self) -> bool:
        reply = self.call("DELETE", "")
        if reply.status_code == 422:
            for branch in self.get("/branches")["branches"]:
                if branch["protected"]:
                    self.call("PATCH", f"/branches/{branch['id']}", {"branch": {"protected": False}})
        return reply.status_code in (200, 404)

    def wait(self) -> None:
        eventually("all operations are finished", lambda: set(self.statuses()) == {"finished"})

    def statuses(self) -> list[str]:
        return [operation["status"] for operation in self.get("/operations")["operations"]]

    def branch(self, name: str, *, endpoint: bool = True, **fields: Any) -> str:
        """A new branch that is ready; returns its id."""
        body: Json = {"branch": {"name": name, **fields}, "endpoints": [{"type": "read_write"}] if endpoint else []}
        return str(self.do("POST", "/branches", body)["branch"]["id"])

    def anonymized(self, name: str, *rules: Json, start: bool = True) -> str:
        """A new anonymized branch whose operations are finished; returns its id."""
        body = {
            "branch_create": {"branch": {"name": name}, "endpoints": [{"type": "read_write"}]},
            "masking_rules": list(rules),
            "start_anonymization": start,
        }
        return str(self.do("POST", "/branch_anonymized", body)["branch"]["id"])

    def masked(self, branch: str, *states: str) -> Json:
        """The status of an anonymized branch, once it is one of `states` (anonymized when none are named)."""
        wanted = states or ("anonymized",)
        path = f"/branches/{branch}/anonymized_status"

        def look() -> Json | None:
            found = self.get(path)
            return found if found["state"] in wanted else None

        return eventually(f"the branch is {' or '.join(wanted)}", look)

    def show(self, branch: str) -> Json:
        return dict(self.get(f"/branches/{branch}")["branch"])

    def uri(self, branch: str, **query: str) -> str:
        named = {"database_name": "neondb", "role_name": "neondb_owner", **query}
        return str(self.get("/connection_uri", branch_id=branch, **named)["uri"])

    def sql(self, branch: str, statement: str) -> list[tuple[Any, ...]]:
        return run_sql(self.uri(branch), statement)

    def rows(self, branch: str) -> list[int]:
        return [row[0] for row in self.sql(branch, "SELECT n FROM visits ORDER BY n")]


def run_sql(uri: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(uri, connect_timeout=10) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
