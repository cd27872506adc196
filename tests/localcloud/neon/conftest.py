"""A running server for all tests of a worker, and a project of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.localcloud.neon.driver import Project, Server

NUMBERS = itertools.count(1)
TABLE = ("CREATE TABLE visits (n integer)", "INSERT INTO visits VALUES (1), (2)")


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers that belong to one test; the state folder is the same for all of them."""
    started: list[Server] = []

    def start(state: Path = tmp_path / "state", *options: str) -> Server:
        started.append(Server.start(state, *options))
        return started[-1]

    yield start
    for server in started:
        server.stop()
    assert_nothing_runs_below(tmp_path)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = tmp_path_factory.mktemp("neon") / "state"
    server = Server.start(state)
    server.control("PUT", "settings", {"operation_seconds": 0.02})
    yield server
    server.stop()
    assert_nothing_runs_below(state)


@pytest.fixture
def project(server: Server) -> Iterator[Project]:
    """A new project whose root branch has the table visits with the rows 1 and 2."""
    made = server.seed(f"project-{next(NUMBERS)}", *TABLE)
    yield made
    made.discard()


@pytest.fixture(scope="session")
def unchanged(server: Server) -> Project:
    """A project like `project`, for tests that change nothing: all of them have the same one."""
    return server.seed("unchanged", *TABLE)


@pytest.fixture
def slow(server: Server) -> Iterator[None]:
    """Operations that take a second each, so that a test can look at what they do meanwhile."""
    server.control("PUT", "settings", {"operation_seconds": 1})
    yield
    server.control("PUT", "settings", {"operation_seconds": 0.02})


def assert_nothing_runs_below(folder: Path) -> None:
    found = [process.pid for process in psutil.process_iter(["cmdline"]) if _mentions(process, str(folder))]
    assert found == []


def _mentions(process: psutil.Process, text: str) -> bool:
    return any(text in part for part in process.info["cmdline"] or ())
