"""The reply takes longer than usual, and comes."""

from __future__ import annotations

import threading

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    answer = exchange.forward()
    threading.Event().wait(0.2)
    exchange.reply(answer)
