"""The client against the stand-in: an environment's branch through its life, and finding one among many."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from localcloud.neon.store import Store
from neon.branches import ensure_branch, find_branch, read_write_endpoint
from neon.changes import BranchSpec
from neon.connections import ConnectionSpec, connect_strings
from neon.models import Branch, Compute
from neon.passwords import ensure_password
from neon.removing import remove_branch
from neon.resets import ensure_fresh
from tests.bench.measure import Limit, Row, measure, middle
from tests.localcloud.neon.driver import Project, Server
from tests.neon.specs import a_second_later, client_at, password_spec, reset_spec

MARK = {"pulumi:project": "bench", "pulumi:stack": "staging"}
CROWDS = (10, 100, 1000, 5000)
ROUNDS = 5
NOTHING, ONE = Limit(mutations=0), Limit(mutations=1, above=0.5)


def lives(project: Project) -> Iterator[Row]:
    """Several branches through their lives, one after another; a row for each step."""
    rounds = [list(life(project)) for _ in range(ROUNDS)]
    return (middle(rows) for rows in zip(*rounds, strict=True))


def life(project: Project) -> Iterator[Row]:
    """A branch with its connection: created, left alone, read, reset, deleted."""
    client = client_at(project.server.address)
    spec = BranchSpec(project_id=project.id, name="staging", source="main", mark=MARK, compute=Compute(min=0.25, max=1))

    def up() -> Branch:
        branch = ensure_branch(client, spec)
        connect_strings(client, connection(branch))
        return branch

    def connection(branch: Branch) -> ConnectionSpec:
        return ConnectionSpec(project_id=project.id, branch_id=branch.id, database="neondb", role="neondb_owner")

    def refresh() -> None:
        client.branch(project.id, branch.id)
        read_write_endpoint(client, project.id, branch.id)
        connect_strings(client, connection(branch))

    yield measure(project, "create a branch and its connection", up, ONE)
    yield measure(project, "find that nothing is to be done", up, NOTHING)
    branch = up()
    yield measure(project, "refresh both", refresh, NOTHING)
    # Neon's times are whole seconds: one reset before, so that the measured one is in a later second.
    project.do("POST", f"/branches/{branch.id}/restore", {"source_branch_id": project.root})
    due = client.branch(project.id, branch.id)
    wanted = a_second_later(due)
    time.sleep(max(0.0, datetime.fromisoformat(wanted).timestamp() - time.time()))
    reset = reset_spec(due, wanted, MARK)
    yield measure(project, "reset it, and verify", lambda: ensure_fresh(client, reset), ONE)
    yield measure(project, "find that it is fresh", lambda: ensure_fresh(client, reset), NOTHING)
    renewed = password_spec(branch, branch.created_at, MARK)
    yield measure(project, "give it a password of its own", lambda: ensure_password(client, renewed), ONE)
    yield measure(project, "find that it has one", lambda: ensure_password(client, renewed), NOTHING)
    yield measure(project, "delete it", lambda: remove_branch(client, project.id, branch.id, MARK), Limit(mutations=1))


def crowds(folder: Path) -> Iterator[Row]:
    """One of many branches, by its name."""
    for count in CROWDS:
        server = Server.start(folder / str(count))
        project = server.seed("crowd")
        server.stop()
        _crowd(server.state, project, count)
        again = Server.start(folder / str(count))
        try:
            yield _find(Project(again, project.id, project.root), count)
        finally:
            again.stop()


def _find(project: Project, count: int) -> Row:
    client = client_at(project.server.address)
    name = f"dev-{count - 1}"
    assert find_branch(client, project.id, name) is not None  # the connection is open from here on
    found = Limit(reads=2, mutations=0)
    return measure(project, f"find one of {count} branches", lambda: find_branch(client, project.id, name), found)


def _crowd(state: Path, project: Project, count: int) -> None:
    store = Store(state / "store.sqlite3")
    root = store.branches_of(project.id)[0]
    update = {"parent_id": root.id, "default": False, "shared": True}
    store.commit(put=[root.model_copy(update={**update, "id": f"br-{n}", "name": f"dev-{n}"}) for n in range(count)])
    store.close()
