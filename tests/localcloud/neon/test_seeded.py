"""With a seed, and a clock that stands, two servers that are asked the same give the same answers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from tests.localcloud.neon.driver import Json, Project, Server, launch

TABLE = ("CREATE TABLE people (name text)", "INSERT INTO people VALUES ('Ada Real'), ('Bo Real')")
RULE = {
    "database_name": "neondb", "schema_name": "public", "table_name": "people", "column_name": "name",
    "masking_function": "anon.dummy_name()",
}  # fmt: skip
SEEDED = ("--seed", "7", "--clock", "2026-01-01T00:00:00Z")
STOOD = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def make_things(server: Server) -> Project:
    """A branch of each kind of work: made, renamed, given a new password, restored, anonymized."""
    server.control("PUT", "settings", {"operation_seconds": 0.02})
    project = server.seed("nailit", *TABLE)
    branch = project.branch("staging", expires_at="2026-01-02T00:00:00Z")
    project.do("PATCH", f"/branches/{branch}", {"branch": {"name": "stage"}})
    project.do("POST", f"/branches/{branch}/roles/neondb_owner/reset_password")
    project.do("POST", f"/branches/{branch}/restore", {"source_branch_id": project.root, "preserve_under_name": "old"})
    project.masked(project.anonymized("masked", RULE))
    return project


def told(project: Project) -> Json:
    """All that the server tells of a project and that is its own to decide, positions in logs and sizes left out."""
    branches = sorted(project.get("/branches")["branches"], key=lambda one: str(one["name"]))
    for one in branches:
        one.pop("parent_lsn", None)
        one.pop("logical_size", None)
    masked = next(one["id"] for one in branches if one["name"] == "masked")
    return {
        "project": project.get("")["project"],
        "branches": branches,
        "endpoints": project.get("/endpoints")["endpoints"],
        "operations": project.get("/operations")["operations"],
        "passwords": [project.uri(one["id"]).partition("@")[0] for one in branches if one["name"] != "old"],
        "names": sorted(project.sql(masked, "SELECT name FROM people")),
        "status": project.get(f"/branches/{masked}/anonymized_status"),
    }


def test_the_same_seed_gives_the_same_ids_passwords_and_times_also_after_a_kill(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    first, second = (make_things(start_server(tmp_path / name, *SEEDED)) for name in ("one", "two"))
    before = told(first)
    assert before == told(second)
    assert "Real" not in str(before["names"])
    assert {one["created_at"][:13] for one in before["branches"]} == {"2026-01-01T00"}
    date = first.call("GET", "").headers["Date"]
    assert parsedate_to_datetime(date).timestamp() == pytest.approx(STOOD, abs=3600), "replies have its date"
    first.server.kill()
    again = Project(start_server(tmp_path / "one", *SEEDED), first.id, first.root)
    assert told(again) == before
    assert again.branch("later") == second.branch("later")
    late = requests.put(f"{again.server.address}/_localcloud/settings", json={"seed": 8}, timeout=10)
    assert (late.status_code, "seed" in late.json()["message"]) == (400, True)


def test_a_clock_that_is_none_is_refused_before_the_server_starts(tmp_path: Path) -> None:
    process = launch(tmp_path, "--clock", "noon", stderr=subprocess.PIPE)
    output, errors = process.communicate(timeout=15)
    assert (process.returncode, output) == (1, "")
    assert "clock" in errors
