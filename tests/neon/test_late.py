"""A change whose reply was lost, and that Neon begins only when the client is about to ask for it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.proxy import JSON, Answer, Exchange
from tests.neon.calls import CALLS, World
from tests.neon.test_faults import moments, new_world, place

__all__ = ["new_world", "place"]


class Late:
    """A gateway that answers the first change with 502, and hands it on just before the second one."""

    def __init__(self) -> None:
        self._held: Exchange | None = None
        self.handed_on = False

    def __call__(self, exchange: Exchange) -> None:
        if exchange.method != "GET" and not self.handed_on:
            if self._held is None:
                self._held = exchange
                exchange.reply(Answer(status=502, headers=JSON, body=b"{}"))
                return
            assert self._held.forward().status < 300
            self.handed_on = True
        exchange.reply(exchange.forward())


@pytest.mark.parametrize("name", ["create", "reset", "keep", "rotate", "endpoint", "anonymize"])
def test_what_begins_late_is_done_once(new_world: Callable[[], World], name: str) -> None:
    call, late = CALLS[name], Late()
    first = min(moments(new_world(), call, everywhere=False))
    world = new_world()
    call.before(world)
    world.begin()
    world.proxy.arm(late, first, lasting=True)
    with world.slow():
        call.act(world, world.client)
    world.proxy.arm(None)
    assert late.handed_on
    done = sorted(world.done())
    call.check(world)
    assert done == sorted(call.accepted)
    world.tidy()
