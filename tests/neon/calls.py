"""The client's calls, what each is to achieve, and what of the service's it takes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from neon.branches import ensure_branch, find_branch, shape_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.connections import ConnectionSpec, connect_strings
from neon.kept import kept_copies
from neon.kinds import Kind
from neon.masking import MaskingRule
from neon.models import Branch, Compute
from neon.passwords import ensure_password
from neon.removing import remove_branch
from neon.resets import copied_at, ensure_fresh
from tests.faults.proxy import Proxy
from tests.localcloud.neon.driver import Project, eventually, run_sql
from tests.neon.specs import a_second_later, password_spec, reset_spec

NUMBERS = itertools.count(1)
SIZES = Compute(min=0.25, max=1)
MARK = {"pulumi:project": "faults", "pulumi:stack": "staging"}


@dataclass(slots=True, kw_only=True)
class World:
    """A project behind the proxy, and a client of it; ``straight`` is one that no fault can reach."""

    project: Project
    proxy: Proxy
    client: NeonClient
    straight: NeonClient
    name: str = field(default_factory=lambda: f"branch-{next(NUMBERS)}")
    since: int = 0
    old_uri: str = ""

    def spec(self, **changes: object) -> BranchSpec:
        fields = {"name": self.name, "source": "main", "mark": MARK, "compute": SIZES, **changes}
        return BranchSpec(project_id=self.project.id, **fields)  # type: ignore[arg-type]

    def begin(self) -> None:
        """From here on requests count."""
        self.since = max((entry["n"] for entry in self.entries()), default=0)

    def entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.project.server.control("GET", f"journal?after={self.since}")["entries"]
        return found

    def done(self) -> list[str]:
        """What was accepted of the mutating requests, in order."""
        return [str(e["action"]) for e in self.entries() if e["mutating"] and e["status"] < 300]

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Operations take long enough to be seen at work by whoever does not wait for them."""
        self.project.server.control("PUT", "settings", {"operation_seconds": 0.3})
        try:
            yield
        finally:
            self.project.server.control("PUT", "settings", {"operation_seconds": 0.02})

    def pending(self) -> list[str]:
        """What the project is still doing."""
        return [str(one) for one in self.straight.operations(self.project.id) if not one.ended]

    def branch(self) -> Branch | None:
        return find_branch(self.straight, self.project.id, self.name)

    def own(self) -> Branch:
        found = self.branch()
        assert found is not None
        return found

    def copies(self) -> list[Branch]:
        """What resets kept."""
        found = list(self.straight.branches(self.project.id, self.name))
        names = kept_copies(self.name, [branch.name for branch in found])
        return [branch for branch in found if branch.name in names]

    def tidy(self) -> None:
        """Takes away what a call made, without faults."""
        self.proxy.arm(None)
        branch = self.branch()
        if branch is None:
            return
        self.project.wait()
        self.project.do("PATCH", f"/branches/{branch.id}", {"branch": {"protected": False}})
        remove_branch(self.straight, self.project.id, branch.id, MARK)
        for copy in self.copies():
            self.project.do("DELETE", f"/branches/{copy.id}")


Act = Callable[[World, NeonClient], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``before`` makes what the call needs, ``accepted`` are the mutations that it takes, once each.

    ``again`` are those that may be added where it has ended in an error and is made a second time.
    """

    act: Act
    check: Callable[[World], None]
    accepted: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    before: Callable[[World], None] = field(default=lambda _: None)


def create(world: World, client: NeonClient) -> None:
    ensure_branch(client, world.spec())


def is_created(world: World) -> None:
    branch = world.own()
    assert branch.state == "ready"
    assert world.project.rows(branch.id) == [1, 2]


def made(world: World) -> None:
    create(world, world.straight)


def shape(world: World, client: NeonClient) -> None:
    shape_branch(client, world.spec(protected=True, compute=Compute(min=0.5, max=2)), world.own().id)


def is_shaped(world: World) -> None:
    branch = world.own()
    assert branch.protected
    endpoint = world.straight.endpoints(world.project.id, branch.id)[0]
    assert (endpoint.compute.min, endpoint.compute.max) == (0.5, 2)


def made_and_stale(world: World) -> None:
    made(world)
    branch = world.own()
    # Once without a fault: Neon's times are whole seconds, and a later reset is always in a later one.
    world.straight.restore_branch(world.project.id, branch.id, source_branch_id=world.project.root)
    world.project.wait()
    world.project.sql(branch.id, "INSERT INTO visits VALUES (3)")


def reset(world: World, client: NeonClient, *, keep: bool = False) -> None:
    branch = world.own()
    world.project.wait()  # what an attempt before this one has begun
    done = world.project.rows(branch.id) == [1, 2]  # asking for the same freshness again does nothing
    wanted = copied_at(branch) if done else a_second_later(branch)
    ensure_fresh(client, reset_spec(branch, wanted, MARK, keep=keep))


def is_reset(world: World) -> None:
    assert world.project.rows(world.own().id) == [1, 2]


def reset_and_keep(world: World, client: NeonClient) -> None:
    reset(world, client, keep=True)


def is_reset_and_kept(world: World) -> None:
    is_reset(world)
    [copy] = world.copies()
    world.project.do("POST", "/endpoints", {"endpoint": {"branch_id": copy.id, "type": "read_write"}})
    assert world.project.rows(copy.id) == [1, 2, 3]


def made_with_the_sources_password(world: World) -> None:
    made(world)
    branch = world.own()
    world.old_uri = world.project.uri(branch.id)
    assert password_of(world.old_uri) == password_of(world.project.uri(world.project.root))


def rotate(world: World, client: NeonClient) -> None:
    branch = world.own()
    ensure_password(client, password_spec(branch, branch.created_at, MARK))


def is_rotated(world: World) -> None:
    branch = world.own()
    assert password_of(world.project.uri(branch.id)) != password_of(world.old_uri)
    assert world.project.rows(branch.id) == [1, 2]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run_sql(world.old_uri, "SELECT 1")


def password_of(uri: str) -> str:
    return str(urlsplit(uri).password)


def remove(world: World, client: NeonClient) -> None:
    branch = world.branch()
    if branch is not None:
        remove_branch(client, world.project.id, branch.id, MARK)


def is_removed(world: World) -> None:
    assert world.branch() is None


def connect(world: World, client: NeonClient) -> None:
    branch = world.own()
    spec = ConnectionSpec(project_id=world.project.id, branch_id=branch.id, database="neondb", role="neondb_owner")
    assert connect_strings(client, spec) == connect_strings(world.straight, spec)


def look_up(world: World, client: NeonClient) -> None:
    assert [found.id for found in client.projects(world.project.id)] == [world.project.id]
    assert find_branch(client, world.project.id, "main") is not None


RULE = MaskingRule(database="neondb", schema="public", table="visits", column="n", value="0")


def made_without_an_endpoint(world: World) -> None:
    made(world)
    [endpoint] = world.straight.endpoints(world.project.id, world.own().id)
    world.project.do("DELETE", f"/endpoints/{endpoint.id}")


def give_an_endpoint(world: World, client: NeonClient) -> None:
    shape_branch(client, world.spec(), world.own().id)


def has_an_endpoint(world: World) -> None:
    assert len(world.straight.endpoints(world.project.id, world.own().id)) == 1
    is_created(world)


def anonymize(world: World, client: NeonClient) -> None:
    ensure_branch(client, world.spec(kind=Kind.ANONYMIZED, masking=(RULE,)))


def is_anonymized(world: World) -> None:
    branch = world.own()
    assert world.project.rows(branch.id) == [0, 0]


def anonymized(world: World) -> None:
    anonymize(world, world.straight)
    begun = datetime.fromisoformat(world.straight.anonymization(world.project.id, world.own().id).begun)
    # Neon's times are whole seconds, and the next one is told from this one by when it began.
    eventually("another second has come", lambda: datetime.now(UTC) - begun >= timedelta(seconds=1))


def mask_otherwise(world: World, client: NeonClient) -> None:
    shape_branch(client, world.spec(kind=Kind.ANONYMIZED, masking=(replace(RULE, value="7"),)), world.own().id)


def is_masked_otherwise(world: World) -> None:
    assert world.project.rows(world.own().id) == [7, 7]


CALLS = {
    "create": Call(act=create, check=is_created, accepted=("createProjectBranch",)),
    "anonymize": Call(
        act=anonymize, check=is_anonymized, accepted=("createProjectBranchAnonymized",), again=("startAnonymization",)
    ),
    "shape": Call(before=made, act=shape, check=is_shaped, accepted=("updateProjectBranch", "updateProjectEndpoint")),
    "endpoint": Call(
        before=made_without_an_endpoint,
        act=give_an_endpoint,
        check=has_an_endpoint,
        accepted=("createProjectEndpoint",),
    ),
    "mask": Call(
        before=anonymized,
        act=mask_otherwise,
        check=is_masked_otherwise,
        accepted=("updateMaskingRules", "startAnonymization"),
        again=("startAnonymization",),
    ),
    "keep": Call(
        before=made_and_stale, act=reset_and_keep, check=is_reset_and_kept, accepted=("restoreProjectBranch",)
    ),
    "reset": Call(before=made_and_stale, act=reset, check=is_reset, accepted=("restoreProjectBranch",)),
    "rotate": Call(
        before=made_with_the_sources_password,
        act=rotate,
        check=is_rotated,
        accepted=("resetProjectBranchRolePassword",),
    ),
    "remove": Call(before=made, act=remove, check=is_removed, accepted=("deleteProjectBranch",)),
    "connect": Call(before=made, act=connect, check=lambda _: None),
    "look up": Call(act=look_up, check=lambda _: None),
}
