"""The service fails after it has carried the request out."""

from __future__ import annotations

from tests.faults.proxy import JSON, Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.forward()
    exchange.reply(Answer(status=500, headers=JSON, body=b'{"message": "internal error"}'))
