"""A change whose reply was lost, and that Neon begins only when the client looks, or is about to ask for it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.proxy import JSON, Answer, Exchange
from tests.neon.calls import CALLS
from tests.neon.test_faults import Worlds, new_world

__all__ = ["new_world"]


def is_change(exchange: Exchange) -> bool:
    return exchange.method != "GET"


def is_look(exchange: Exchange) -> bool:
    """At the thing itself, after one at the operations."""
    return exchange.method == "GET" and "/operations" not in exchange.path


class Late:
    """A gateway that answers the first change with 502, and hands it on just before the next request of ``due``."""

    def __init__(self, due: Callable[[Exchange], bool]) -> None:
        self._due = due
        self._held: Exchange | None = None
        self.handed_on = False

    def __call__(self, exchange: Exchange) -> None:
        if self._held is None and is_change(exchange):
            self._held = exchange
            exchange.reply(Answer(status=502, headers=JSON, body=b"{}"))
            return
        if self._held is not None and not self.handed_on and self._due(exchange):
            assert self._held.forward().status < 300
            self.handed_on = True
        exchange.reply(exchange.forward())


@pytest.mark.parametrize("name", ["create", "reset", "keep", "rotate", "endpoint", "anonymize"])
def test_what_begins_when_it_is_asked_for_again_is_done_once(new_world: Worlds, name: str) -> None:
    is_done_once(new_world, name, Late(is_change))


@pytest.mark.parametrize("name", ["reset", "rotate"])
def test_what_begins_when_it_is_looked_at_is_waited_for(new_world: Worlds, name: str) -> None:
    is_done_once(new_world, name, Late(is_look))


def is_done_once(new_world: Worlds, name: str, late: Late) -> None:
    call = CALLS[name]
    first = min(new_world.moments(name, everywhere=False))
    world = new_world()
    call.before(world)
    world.begin()
    world.proxy.arm(late, first, lasting=True)
    with world.slow():
        call.act(world, world.client)
        assert world.pending() == []
    world.proxy.arm(None)
    assert late.handed_on
    done = sorted(world.done())
    call.check(world)
    assert done == sorted(call.accepted)
    world.tidy()
