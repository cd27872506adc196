"""The client against the stand-in: an environment's branch through its life, and finding one among many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from localcloud.neon.store import Store
from neon.branches import ensure_branch, find_branch, read_write_endpoint, remove_branch
from neon.changes import BranchSpec
from neon.connections import ConnectionSpec, connect_strings
from neon.models import Branch, Compute
from neon.passwords import ensure_password
from neon.resets import ensure_fresh
from tests.bench.measure import Row, measure
from tests.localcloud.neon.driver import Project, Server
from tests.neon.specs import a_second_later, client_at, password_spec, reset_spec

MARK = {"pulumi:project": "bench", "pulumi:stack": "staging"}
CROWDS = (10, 100, 1000, 5000)


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

    yield measure(project, "create a branch and its connection", up)
    yield measure(project, "find that nothing is to be done", up)
    branch = up()
    yield measure(project, "refresh both", refresh)
    # Neon's times are whole seconds: one reset before, so that the measured one is in a later second.
    project.do("POST", f"/branches/{branch.id}/restore", {"source_branch_id": project.root})
    due = client.branch(project.id, branch.id)
    reset = reset_spec(due, a_second_later(due), MARK)
    yield measure(project, "reset it, and verify", lambda: ensure_fresh(client, reset))
    yield measure(project, "find that it is fresh", lambda: ensure_fresh(client, reset))
    renewed = password_spec(branch, branch.created_at, MARK)
    yield measure(project, "give it a password of its own", lambda: ensure_password(client, renewed))
    yield measure(project, "find that it has one", lambda: ensure_password(client, renewed))
    yield measure(project, "delete it", lambda: remove_branch(client, project.id, branch.id, MARK))


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
    return measure(project, f"find one of {count} branches", lambda: find_branch(client, project.id, name))


def _crowd(state: Path, project: Project, count: int) -> None:
    store = Store(state / "store.sqlite3")
    root = store.branches_of(project.id)[0]
    update = {"parent_id": root.id, "default": False, "shared": True}
    store.commit(put=[root.model_copy(update={**update, "id": f"br-{n}", "name": f"dev-{n}"}) for n in range(count)])
    store.close()
