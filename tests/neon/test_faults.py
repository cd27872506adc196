"""Every call of the client under every fault: the outcome is right or is a clear error, and nothing is done twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from neon.branches import ensure_branch, find_branch, remove_branch, shape_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.connections import ConnectionSpec, connect_strings
from neon.errors import NeonError, NeonUnreachable
from neon.kinds import Kind
from neon.masking import MaskingRule
from neon.models import Branch, Compute
from neon.passwords import ensure_password
from neon.resets import copied_at, ensure_fresh
from neon.retry import Pace
from tests.faults.proxy import Proxy, all_kinds, proxy_to
from tests.localcloud.neon.driver import KEY, Project, Server, run_sql
from tests.neon.specs import a_second_later, client_at, password_spec, reset_spec

NUMBERS = itertools.count(1)
PACE = Pace(read=0.5, call=4, wait=8, first_poll=0.01, poll=0.05, base=0.01, cap=0.05)
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

    def branch(self) -> Branch | None:
        return find_branch(self.straight, self.project.id, self.name)


Act = Callable[[World, NeonClient], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``before`` makes what the call needs, ``accepted`` are the mutations that it takes, once each.

    ``again`` are those that are added where the call had to be made a second time.
    """

    act: Act
    check: Callable[[World], None]
    accepted: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    before: Callable[[World], None] = field(default=lambda _: None)


def create(world: World, client: NeonClient) -> None:
    ensure_branch(client, world.spec())


def is_created(world: World) -> None:
    branch = world.branch()
    assert branch is not None
    assert branch.state == "ready"
    assert world.project.rows(branch.id) == [1, 2]


def made(world: World) -> None:
    create(world, world.straight)


def shape(world: World, client: NeonClient) -> None:
    branch = find_branch(world.straight, world.project.id, world.name)
    assert branch is not None
    shape_branch(client, world.spec(protected=True, compute=Compute(min=0.5, max=2)), branch.id)


def is_shaped(world: World) -> None:
    branch = world.branch()
    assert branch is not None
    assert branch.protected
    endpoint = world.straight.endpoints(world.project.id, branch.id)[0]
    assert (endpoint.compute.min, endpoint.compute.max) == (0.5, 2)


def made_and_stale(world: World) -> None:
    made(world)
    branch = world.branch()
    assert branch is not None
    # Once without a fault: Neon's times are whole seconds, and a later reset is always in a later one.
    world.straight.restore_branch(world.project.id, branch.id, source_branch_id=world.project.root)
    world.project.wait()
    world.project.sql(branch.id, "INSERT INTO visits VALUES (3)")


def reset(world: World, client: NeonClient) -> None:
    branch = world.branch()
    assert branch is not None
    done = world.project.rows(branch.id) == [1, 2]  # asking for the same freshness again does nothing
    wanted = copied_at(branch) if done else a_second_later(branch)
    ensure_fresh(client, reset_spec(branch, wanted, MARK))


def is_reset(world: World) -> None:
    branch = world.branch()
    assert branch is not None
    assert world.project.rows(branch.id) == [1, 2]


def made_with_the_sources_password(world: World) -> None:
    made(world)
    branch = world.branch()
    assert branch is not None
    world.old_uri = world.project.uri(branch.id)
    assert password_of(world.old_uri) == password_of(world.project.uri(world.project.root))


def rotate(world: World, client: NeonClient) -> None:
    branch = world.branch()
    assert branch is not None
    ensure_password(client, password_spec(branch, branch.created_at, MARK))


def is_rotated(world: World) -> None:
    branch = world.branch()
    assert branch is not None
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
    branch = world.branch()
    assert branch is not None
    spec = ConnectionSpec(project_id=world.project.id, branch_id=branch.id, database="neondb", role="neondb_owner")
    assert connect_strings(client, spec) == connect_strings(world.straight, spec)


def look_up(world: World, client: NeonClient) -> None:
    assert [found.id for found in client.projects(world.project.id)] == [world.project.id]
    assert find_branch(client, world.project.id, "main") is not None


RULE = MaskingRule(database="neondb", schema="public", table="visits", column="n", value="0")


def anonymize(world: World, client: NeonClient) -> None:
    ensure_branch(client, world.spec(kind=Kind.ANONYMIZED, masking=(RULE,)))


def is_anonymized(world: World) -> None:
    branch = world.branch()
    assert branch is not None
    assert world.project.rows(branch.id) == [0, 0]


CALLS = {
    "create": Call(act=create, check=is_created, accepted=("createProjectBranch",)),
    "anonymize": Call(
        act=anonymize, check=is_anonymized, accepted=("createProjectBranchAnonymized",), again=("startAnonymization",)
    ),
    "shape": Call(before=made, act=shape, check=is_shaped, accepted=("updateProjectBranch", "updateProjectEndpoint")),
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


@pytest.fixture(scope="module")
def place(server: Server) -> Iterator[tuple[Project, Proxy]]:
    project = server.seed("faults", "CREATE TABLE visits (n integer)", "INSERT INTO visits VALUES (1), (2)")
    with proxy_to("127.0.0.1", server.ready["port"]) as proxy:
        yield project, proxy


@pytest.fixture
def new_world(place: tuple[Project, Proxy]) -> Callable[[], World]:
    project, proxy = place

    return lambda: World(
        project=project,
        proxy=proxy,
        client=client_at(proxy.address, PACE),
        straight=client_at(project.server.address, PACE),
    )


WORST = ("reset_after", "silence", "status_500")  # the service has done it, and does not say so


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_a_creation_survives_a_fault(new_world: Callable[[], World], kind: str) -> None:
    survive(new_world, "create", kind, everywhere=False)


def test_a_reply_that_comes_byte_by_byte_does_not_outlive_the_calls_deadline(new_world: Callable[[], World]) -> None:
    world = new_world()
    world.proxy.arm(all_kinds()["trickle"], 0, lasting=True)
    with pytest.raises(NeonUnreachable, match="did not answer in time"):
        world.client.project(world.project.id)


@pytest.mark.parametrize("kind", WORST)
def test_an_anonymized_branch_is_made_once_when_its_outcome_is_open(new_world: Callable[[], World], kind: str) -> None:
    survive(new_world, "anonymize", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_a_reset_is_not_repeated_when_its_outcome_is_open(new_world: Callable[[], World], kind: str) -> None:
    survive(new_world, "reset", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_a_new_password_is_not_asked_for_twice_when_its_outcome_is_open(
    new_world: Callable[[], World], kind: str
) -> None:
    survive(new_world, "rotate", kind, everywhere=False)


@pytest.mark.proof
@pytest.mark.parametrize("kind", sorted(all_kinds()))
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_survives_a_fault_at_every_request(new_world: Callable[[], World], name: str, kind: str) -> None:
    survive(new_world, name, kind, everywhere=True)


def survive(new_world: Callable[[], World], name: str, kind: str, *, everywhere: bool) -> None:
    call, fault = CALLS[name], all_kinds()[kind]
    for number in moments(new_world(), call, everywhere=everywhere):
        world = new_world()
        call.before(world)
        world.begin()
        world.proxy.arm(fault, number)
        twice = run(world, call)
        world.proxy.arm(None)
        call.check(world)
        wanted = [call.accepted, (*call.accepted, *call.again)] if twice else [call.accepted]
        assert sorted(world.done()) in [sorted(one) for one in wanted], f"at request {number}"
        tidy(world)


def moments(world: World, call: Call, *, everywhere: bool) -> list[int]:
    """Which of the call's requests the fault is to happen to: those that change something, or all of them."""
    call.before(world)
    world.proxy.arm(None)
    call.act(world, world.client)
    methods = list(world.proxy.methods)
    tidy(world)
    return [number for number, method in enumerate(methods) if everywhere or method != "GET"] or [0]


def run(world: World, call: Call) -> bool:
    """The call, and once more without a fault where it said that it could not tell; returns whether it did."""
    said = ""
    try:
        call.act(world, world.client)
    except NeonError as error:
        said = str(error)
    assert KEY not in said
    assert "postgres" not in said
    assert "npg_" not in said
    if said:
        world.proxy.arm(None)
        call.act(world, world.client)
    return bool(said)


def tidy(world: World) -> None:
    world.proxy.arm(None)
    branch = world.branch()
    if branch is not None:
        world.project.wait()
        world.straight.update_branch(world.project.id, branch.id, {"protected": False})
        world.project.wait()
        remove_branch(world.straight, world.project.id, branch.id, MARK)
