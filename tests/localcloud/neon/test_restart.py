"""What was acknowledged outlives the server's process, however that ends."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from localcloud.neon.postgres.processes import stop_leftovers
from tests.localcloud.neon.conftest import TABLE, assert_nothing_runs_below
from tests.localcloud.neon.driver import Json, Project, Server, eventually, launch, run_sql

Starter = Callable[[], Server]


MASK = {
    "database_name": "neondb", "schema_name": "public", "table_name": "visits", "column_name": "n",
    "masking_value": "0",
}  # fmt: skip


SETTLED = ("main", "child", "marked", "schema", "anonymized")


@dataclass(frozen=True, slots=True)
class Survivor:
    """Projects whose server was killed and started again: in the first a restore was running, in the second an
    anonymized branch was being made, in the third a password was being changed. `told` is what had been settled."""

    project: Project
    masked: Project
    rotated: Project
    password: str
    told: Json
    child: str
    restored: str
    uri: str
    ready_before: Json
    restore_before: Json
    last_entry: int


@pytest.fixture(scope="module")
def survivor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survivor]:
    first = Server.start(tmp_path_factory.mktemp("killed") / "state")
    project = first.seed("nailit", *TABLE)
    child, restored = project.branch("child"), project.branch("restored")
    project.sql(child, "INSERT INTO visits VALUES (3)")
    project.sql(restored, "INSERT INTO visits VALUES (9)")
    settle(project, child)
    masked, rotated = first.seed("masked", *TABLE), first.seed("rotated", *TABLE)
    uri, settled = project.uri(child), told(project)
    first.control("PUT", "settings", {"operation_seconds": 0.3})
    wanted = {"branch_create": {"branch": {"name": "m"}}, "masking_rules": [MASK], "start_anonymization": True}
    assert masked.call("POST", "/branch_anonymized", wanted).status_code == 201
    changed = rotated.call("POST", f"/branches/{rotated.root}/roles/neondb_owner/reset_password").json()
    last = first.control("GET", "journal")["entries"][-1]["n"]
    reply = project.call("POST", f"/branches/{restored}/restore", {"source_branch_id": project.root})
    first.kill()
    server = Server.start(first.state)
    again, masked, rotated = (Project(server, one.id, one.root) for one in (project, masked, rotated))
    for one in (again, masked, rotated):
        one.wait()
    password = str(changed["role"]["password"])
    yield Survivor(again, masked, rotated, password, settled, child, restored, uri, first.ready, reply.json(), last)
    server.stop()
    assert_nothing_runs_below(first.state)


def settle(project: Project, child: str) -> None:
    """One of each kind of record that a server keeps, besides what the tests below look at one by one."""
    marked = {"branch": {"name": "marked", "expires_at": in_a_week()}, "annotation_value": {"of": "tests"}}
    project.do("POST", "/branches", marked)
    project.branch("schema", init_source="schema-only")
    project.masked(project.anonymized("anonymized", MASK))
    endpoint = project.get(f"/branches/{child}/endpoints")["endpoints"][0]["id"]
    project.do("PATCH", f"/endpoints/{endpoint}", {"endpoint": {"autoscaling_limit_max_cu": 4, "name": "named"}})
    project.do("PATCH", f"/branches/{child}", {"branch": {"protected": True}})
    refused = [{"name": "restore", "reason": "for the tests"}]
    project.server.control("PUT", "restricted_actions", {"branch_id": child, "restricted_actions": refused})
    project.server.control("PUT", "settings", {"branches_limit": 40, "operation_seconds": 0.02})


def in_a_week() -> str:
    return (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")


def told(project: Project) -> Json:
    """Everything that the server says of what was settled in a project before the kill."""
    listed = project.get("/branches")
    branches = [one for one in listed["branches"] if one["name"] in SETTLED]
    ids = {one["name"]: one["id"] for one in branches}
    return {
        "branches": branches,
        "annotations": listed["annotations"],
        "endpoints": [one for one in project.get("/endpoints")["endpoints"] if one["branch_id"] in ids.values()],
        "uris": {name: project.uri(ids[name]) for name in ("main", "child", "schema", "anonymized")},
        "status": project.get(f"/branches/{ids['anonymized']}/anonymized_status"),
        "rules": project.get(f"/branches/{ids['anonymized']}/masking_rules"),
        "limit": project.server.control("GET", "settings")["branches_limit"],
        "data": {name: project.rows(ids[name]) for name in ("schema", "anonymized")},
    }


def test_every_kind_of_record_is_the_same_after_a_kill(survivor: Survivor) -> None:
    assert told(survivor.project) == survivor.told
    assert survivor.told["data"] == {"schema": [], "anonymized": [0, 0]}
    assert len(survivor.told["annotations"]) == 1


def test_an_anonymization_that_was_under_way_is_completed_after_a_kill(survivor: Survivor) -> None:
    branch = next(one["id"] for one in survivor.masked.get("/branches")["branches"] if one["name"] == "m")
    survivor.masked.masked(branch)
    assert survivor.masked.rows(branch) == [0, 0]


def test_a_password_that_was_being_changed_is_the_new_one_after_a_kill(survivor: Survivor) -> None:
    assert f":{survivor.password}@" in survivor.rotated.uri(survivor.rotated.root)
    assert survivor.rotated.rows(survivor.rotated.root) == [1, 2]


def test_data_is_there_after_the_server_was_killed(survivor: Survivor) -> None:
    assert run_sql(survivor.uri, "SELECT n FROM visits ORDER BY n") == [(1,), (2,), (3,)]


def test_ports_and_uris_are_the_same_after_the_server_was_killed(survivor: Survivor) -> None:
    ports = {name: survivor.project.server.ready[name] for name in ("port", "sql_port")}
    assert ports == {name: survivor.ready_before[name] for name in ("port", "sql_port")}
    assert survivor.project.uri(survivor.child) == survivor.uri


def test_branches_can_be_made_from_one_that_outlived_a_killed_server(survivor: Survivor) -> None:
    grandchild = survivor.project.branch("grandchild", parent_id=survivor.child)
    assert survivor.project.rows(grandchild) == [1, 2, 3]


def test_operations_that_were_running_are_completed_after_a_kill(survivor: Survivor) -> None:
    assert survivor.restore_before["operations"][-1]["status"] in ("scheduling", "running")
    assert survivor.project.show(survivor.restored)["current_state"] == "ready"
    assert survivor.project.rows(survivor.restored) == [1, 2]


def test_the_journal_goes_on_after_a_kill(survivor: Survivor) -> None:
    entries = survivor.project.server.control("GET", f"journal?after={survivor.last_entry}")["entries"]
    assert (entries[0]["n"], entries[0]["action"]) == (survivor.last_entry + 1, "restoreProjectBranch")
    assert entries[1]["action"] == "listProjectOperations"


def test_a_state_folder_serves_one_server_at_a_time(survivor: Survivor) -> None:
    server = survivor.project.server
    second = launch(server.state, stderr=subprocess.PIPE)
    output, errors = second.communicate(timeout=15)
    assert (second.returncode, output) == (1, "")
    assert f"process id {server.process.pid}" in errors


def test_a_crashed_postgresql_is_started_again_by_the_next_connection(survivor: Survivor) -> None:
    before = survivor.project.rows(survivor.project.root)
    data = survivor.project.server.state / "postgres" / "clusters" / "1"
    process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
    process.send_signal(signal.SIGKILL)
    eventually("the server is dead", lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    assert survivor.project.rows(survivor.project.root) == before


def test_sigterm_ends_everything_within_five_seconds_and_keeps_the_data(start_server: Starter) -> None:
    first = start_server()
    project = first.seed("nailit", *TABLE)
    uri = project.uri(project.root)
    begun = time.monotonic()
    assert first.stop() == 0
    assert time.monotonic() - begun < 5
    assert_nothing_runs_below(first.state)
    _write_stale_pid_files(first)
    start_server()
    assert run_sql(uri, "SELECT count(*) FROM visits") == [(2,)]


def test_sigterm_ends_what_makes_the_first_cluster_too(start_server: Starter) -> None:
    server = start_server()

    def begun() -> bool:
        all_of_them = psutil.process_iter(["ppid", "cmdline"])
        ours = [one.info["cmdline"] or [] for one in all_of_them if one.info["ppid"] == server.process.pid]
        return any("initdb" in word for command in ours for word in command)

    eventually("the making of the first cluster", begun)
    assert server.stop() == 0
    assert_nothing_runs_below(server.state)


def _write_stale_pid_files(server: Server) -> None:
    """As a killed machine leaves them: with the number of a process that is another program's now."""
    for data in (server.state / "postgres" / "clusters").iterdir():
        (data / "postmaster.pid").write_text(f"{psutil.Process().pid}\n{data}\n0\n1\n\n\n0 0\nready   \n")


def test_servers_that_a_killed_server_left_can_be_ended_without_it(start_server: Starter) -> None:
    server = start_server()
    server.seed("nailit")
    server.kill()
    short_path = server.state / "postgres" / "sockets" / "short-path"
    link = Path(short_path.read_text()) if short_path.exists() else short_path
    assert len(stop_leftovers(server.state)) == 1
    assert not link.is_symlink()
    assert_nothing_runs_below(server.state)


def test_without_a_key_the_server_does_not_start(tmp_path: Path) -> None:
    process = launch(tmp_path, key="", stderr=subprocess.PIPE)
    output, errors = process.communicate(timeout=15)
    assert (process.returncode, output) == (1, "")
    assert "NEON_API_KEY" in errors


def test_the_state_folder_is_closed_to_others_also_below_a_long_path(
    start_server: Callable[[Path], Server], tmp_path: Path
) -> None:
    state = tmp_path / ("long" * 15) / ("path" * 15) / "state"
    server = start_server(state)
    project = server.seed("nailit", *TABLE)
    assert project.rows(project.root) == [1, 2]
    assert oct(state.stat().st_mode & 0o777) == "0o700"
    assert {oct(path.stat().st_mode & 0o777) for path in state.glob("store.sqlite3*")} == {"0o600"}
