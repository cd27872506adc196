"""The parts of localcloud: server processes in the background, each with a record of who it is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from localcloud.control import healthy
from localcloud.errors import LocalcloudError
from localcloud.files import read_json, write_json
from localcloud.home import Home
from localcloud.identity import Mark, mark

LOG_LINES_SHOWN = 15


class Standing(StrEnum):
    """How a part is: only `running` is good."""

    RUNNING = "running"
    SILENT = "silent"  # the process is there and does not answer
    DIED = "died"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A server: the command that starts it takes `--state DIR --port N` and prints one line of JSON when ready."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A part that was started: which process, where it answers (ports are 0 until it is ready), since when."""

    mark: Mark
    port: int
    sql_port: int
    since: str


def standard_parts() -> tuple[Part, ...]:
    """Neon, AWS, and the warm process of the embedded engine, run by this interpreter."""
    # -P: the folder that a command happens to run in must not take the place of an installed package.
    return tuple(
        Part(name=name, command=(sys.executable, "-P", "-m", f"localcloud.{name}")) for name in ("neon", "aws", "warm")
    )


def read_record(home: Home, name: str) -> Record | None:
    """The part's record; None when it was never started or was stopped."""
    content = read_json(home.run / f"{name}.json")
    if not content:
        return None
    return Record(
        mark=Mark(pid=content["pid"], started=content["started"], name=name),
        port=content["port"],
        sql_port=content["sql_port"],
        since=content["since"],
    )


def write_record(home: Home, record: Record) -> None:
    """Note the part's process and its addresses."""
    content = {
        "pid": record.mark.pid,
        "started": record.mark.started,
        "port": record.port,
        "sql_port": record.sql_port,
        "since": record.since,
    }
    write_json(home.run / f"{record.mark.name}.json", content)


def forget_record(home: Home, name: str) -> None:
    """The part is stopped on purpose."""
    (home.run / f"{name}.json").unlink(missing_ok=True)


def standing(record: Record | None, seconds: float) -> Standing:
    """How the part is now; it has `seconds` to answer."""
    if record is None:
        return Standing.STOPPED
    if not record.mark.alive():
        return Standing.DIED
    return Standing.RUNNING if record.port and healthy(record.port, seconds) else Standing.SILENT


def start(home: Home, part: Part, env: Mapping[str, str]) -> Record:
    """Start the part in a session of its own, with the port that it had before when that is free."""
    home.state(part.name).mkdir(mode=0o700, exist_ok=True)
    port = wanted_port(read_json(home.ports).get(part.name, 0))
    command = [*part.command, "--state", str(home.state(part.name)), "--port", str(port)]
    with _ready_file(home, part.name).open("wb") as ready, (home.log / f"{part.name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=ready, stderr=log, env=env, cwd=home.root, start_new_session=True
        )
    found = mark(process.pid, part.name)
    if found is None:
        raise LocalcloudError(f"{part.name} ended at once: {log_tail(home, part.name)}")
    record = Record(mark=found, port=0, sql_port=0, since=f"{datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}")
    write_record(home, record)
    return record


def wanted_port(last: int) -> int:
    """The port that was used last when it is free, else 0 for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", last))
        except OSError:
            return 0
    return last


def ready(home: Home, record: Record) -> Record | None:
    """The record with its ports once the part has printed its ready line, None before. Raises when it ended."""
    line, complete, _ = _ready_file(home, record.mark.name).read_text(encoding="utf-8").partition("\n")
    if not complete:
        if record.mark.alive():
            return None
        raise LocalcloudError(f"{record.mark.name} ended before it was ready: {log_tail(home, record.mark.name)}")
    port, sql_port = parse_ready(record.mark.name, line)
    return Record(mark=record.mark, port=port, sql_port=sql_port, since=record.since)


def parse_ready(name: str, line: str) -> tuple[int, int]:
    """The port and (0 without one) the SQL port of a ready line. Raises LocalcloudError on anything else."""
    try:
        content = json.loads(line)
        if content["ready"] is not True:
            raise ValueError("not ready")
        return int(content["port"]), int(content.get("sql_port", 0))
    except (ValueError, KeyError, TypeError) as error:
        raise LocalcloudError(f"{name} should have said that it is ready, and said: {line[:200]!r}") from error


def log_tail(home: Home, name: str) -> str:
    """Where the part's log is, and its last lines."""
    path = home.log / f"{name}.log"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return os.linesep.join([f"its log is {path}", *(f"  {line}" for line in lines[-LOG_LINES_SHOWN:])])


def _ready_file(home: Home, name: str) -> Path:
    # A file and not a pipe: nobody reads a pipe's other end once `up` has gone.
    return home.run / f"{name}.ready"
