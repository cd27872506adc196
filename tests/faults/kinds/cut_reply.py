"""The service has carried the request out; its reply ends in the middle."""

from __future__ import annotations

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.reply(answer, sent=len(answer.body) // 2)
    exchange.close()
