"""SIGKILL to the server at any moment: what it acknowledged is there afterwards, and whole."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
import requests

from tests.localcloud.neon.conftest import TABLE, assert_nothing_runs_below
from tests.localcloud.neon.driver import Project, Server

KILLS = 8
RULE = {
    "database_name": "neondb", "schema_name": "public", "table_name": "visits", "column_name": "n",
    "masking_value": "0",
}  # fmt: skip
ROWS = {"copy": [1, 2], "schema": [], "masked": [0, 0]}


@pytest.mark.proof
def test_what_was_acknowledged_outlives_a_kill_at_any_moment(tmp_path: Path) -> None:
    server = Server.start(tmp_path / "state")
    server.control("PUT", "settings", {"operation_seconds": 0.02})
    project = server.seed("nailit", *TABLE)
    chance = random.Random(1)  # noqa: S311 - to be the same each time
    for number in range(KILLS):
        acknowledged = make_until_killed(project, number, after=chance.uniform(0.0, 1.5))
        server = Server.start(server.state)
        project = Project(server, project.id, project.root)
        project.wait()
        check(project, acknowledged)
    server.stop()
    assert_nothing_runs_below(tmp_path)


def make_until_killed(project: Project, number: int, *, after: float) -> dict[str, str]:
    """Branches of all kinds, one after the other, until the server is killed; ids by name, of those acknowledged."""
    acknowledged: dict[str, str] = {}
    killer = threading.Timer(after, project.server.process.kill)
    killer.start()
    try:
        for turn in range(100):
            kind = tuple(ROWS)[turn % len(ROWS)]
            name = f"{kind}-{number}-{turn}"
            acknowledged[name] = make(project, kind, name)
            project.wait()
    except requests.ConnectionError:
        pass
    finally:
        killer.join()
        project.server.kill()
    return acknowledged


def make(project: Project, kind: str, name: str) -> str:
    branch = {"name": name, **({"init_source": "schema-only"} if kind == "schema" else {})}
    wanted = {"branch": branch, "endpoints": [{"type": "read_write"}]}
    mark = {"annotation_value": {"name": name}}
    if kind == "masked":
        body = {"branch_create": wanted, "masking_rules": [RULE], "start_anonymization": True, **mark}
        reply = project.call("POST", "/branch_anonymized", body)
    else:
        reply = project.call("POST", "/branches", {**wanted, **mark})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["branch"]["id"])


def check(project: Project, acknowledged: dict[str, str]) -> None:
    listed = project.get("/branches")
    for name, branch in acknowledged.items():
        assert listed["annotations"][branch]["value"] == {"name": name}
    for one in listed["branches"]:
        if one["name"] == "main":
            continue
        kind = one["name"].partition("-")[0]
        if kind == "masked":
            project.masked(one["id"])
        assert project.rows(one["id"]) == ROWS[kind]
        project.do("DELETE", f"/branches/{one['id']}")
    assert project.rows(project.root) == [1, 2]
