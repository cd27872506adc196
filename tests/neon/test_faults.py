"""Every call of the client under every fault: the outcome is right or is a clear error, and nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

import pytest

from neon.errors import NeonError, NeonUnreachable
from neon.retry import Pace
from tests.faults.proxy import Proxy, all_kinds, proxy_to
from tests.localcloud.neon.driver import KEY, Project, Server
from tests.neon.calls import CALLS, Call, World
from tests.neon.specs import client_at

PACE = Pace(read=1, call=30, wait=60, first_poll=0.01, poll=0.05, base=0.01, cap=0.05)
IMPATIENT = replace(PACE, read=0.5, call=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Makes worlds in one place. ``methods`` are those of each call's requests, by its name, once it was made."""

    project: Project
    proxy: Proxy
    methods: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self) -> World:
        return World(
            project=self.project,
            proxy=self.proxy,
            client=client_at(self.proxy.address, PACE),
            straight=client_at(self.project.server.address, PACE),
        )

    def moments(self, name: str, *, everywhere: bool) -> dict[int, str]:
        """The requests that the fault is to happen to, and their methods: those that change something, or all."""
        if name not in self.methods:
            self.methods[name] = self._made(CALLS[name])
        found = self.methods[name]
        return {number: one for number, one in enumerate(found) if everywhere or one != "GET"} or {0: "GET"}

    def _made(self, call: Call) -> list[str]:
        world = self()
        call.before(world)
        world.proxy.arm(None)
        call.act(world, world.client)
        methods = list(world.proxy.methods)
        world.tidy()
        return methods


@pytest.fixture(scope="module")
def new_world(server: Server) -> Iterator[Worlds]:
    project = server.seed("faults", "CREATE TABLE visits (n integer)", "INSERT INTO visits VALUES (1), (2)")
    with proxy_to("127.0.0.1", server.ready["port"]) as proxy:
        yield Worlds(project=project, proxy=proxy)


SLACK = 8  # seconds, for a machine that is busy: a trickle takes 20 at least
WORST = ("reset_after", "silence", "status_500")  # the service has done it, and does not say so

AT_ONCE = ("reset_after", "status_500", "cut_reply")  # and soon enough to look while it is still at work


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_a_creation_survives_a_fault(new_world: Worlds, kind: str) -> None:
    survive(new_world, "create", kind, everywhere=False)


@pytest.mark.parametrize("kind", ["trickle", "trickle_headers"])
def test_a_reply_that_comes_byte_by_byte_does_not_outlive_the_calls_deadline(new_world: Worlds, kind: str) -> None:
    world = new_world()
    world.proxy.arm(all_kinds()[kind], 0, lasting=True)
    client, begun = client_at(world.proxy.address, IMPATIENT), time.monotonic()
    with pytest.raises(NeonUnreachable, match="did not answer in time"):
        client.project(world.project.id)
    assert time.monotonic() - begun < IMPATIENT.call + IMPATIENT.read + SLACK


@pytest.mark.parametrize("kind", WORST)
def test_an_anonymized_branch_is_made_once_when_its_outcome_is_open(new_world: Worlds, kind: str) -> None:
    survive(new_world, "anonymize", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_a_reset_is_not_repeated_when_its_outcome_is_open(new_world: Worlds, kind: str) -> None:
    survive(new_world, "reset", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_one_copy_is_kept_by_a_reset_whose_outcome_is_open(new_world: Worlds, kind: str) -> None:
    survive(new_world, "keep", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_a_lost_endpoint_is_made_once_when_its_outcome_is_open(new_world: Worlds, kind: str) -> None:
    survive(new_world, "endpoint", kind, everywhere=False)


@pytest.mark.parametrize("kind", WORST)
def test_a_new_password_is_not_asked_for_twice_when_its_outcome_is_open(new_world: Worlds, kind: str) -> None:
    survive(new_world, "rotate", kind, everywhere=False)


@pytest.mark.parametrize("kind", ["silence", "status_503"])
def test_a_creation_under_a_fault_that_lasts_ends_in_an_error_and_the_next_goes_on(
    new_world: Worlds, kind: str
) -> None:
    give_up(new_world, "create", kind)


@pytest.mark.proof
@pytest.mark.parametrize("kind", sorted(all_kinds()))
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_survives_a_fault_at_every_request(new_world: Worlds, name: str, kind: str) -> None:
    survive(new_world, name, kind, everywhere=True)


@pytest.mark.proof
@pytest.mark.parametrize("kind", sorted(all_kinds().keys() - {"delay"}))
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_under_a_fault_that_lasts_ends_in_an_error_and_the_next_goes_on(
    new_world: Worlds, name: str, kind: str
) -> None:
    give_up(new_world, name, kind)


def survive(new_world: Worlds, name: str, kind: str, *, everywhere: bool) -> None:
    """A fault of one request is never an error of the call, and nothing is done twice for it."""
    call, fault = CALLS[name], all_kinds()[kind]
    for number, method in new_world.moments(name, everywhere=everywhere).items():
        world = new_world()
        call.before(world)
        world.begin()
        world.proxy.arm(fault, number)
        with world.slow() if kind in AT_ONCE and method != "GET" else nullcontext():
            call.act(world, world.client)
            assert world.pending() == [], f"done is what was begun has ended, at request {number}"
        world.proxy.arm(None)
        done = sorted(world.done())
        call.check(world)
        assert done == sorted(call.accepted), f"at request {number}"
        world.tidy()


def give_up(new_world: Worlds, name: str, kind: str) -> None:
    """A fault of all requests from the first change on is an error without a secret; without it the call goes on."""
    call, fault = CALLS[name], all_kinds()[kind]
    first = min(new_world.moments(name, everywhere=False))
    world = new_world()
    call.before(world)
    world.begin()
    world.proxy.arm(fault, first, lasting=True)
    with pytest.raises(NeonError) as caught:
        call.act(world, client_at(world.proxy.address, IMPATIENT))
    assert not any(secret in str(caught.value) for secret in (KEY, "postgres", "npg_"))
    world.proxy.arm(None)
    call.act(world, world.client)
    done = sorted(world.done())
    call.check(world)
    assert done in [sorted(call.accepted), sorted((*call.accepted, *call.again))]
    world.tidy()
