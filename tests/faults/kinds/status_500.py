"""The service fails after it has carried the request out."""

from __future__ import annotations

from tests.faults.proxy import Answer, Exchange

JSON = {"Content-Type": "application/json"}


def act(exchange: Exchange) -> None:
    exchange.forward()
    exchange.reply(Answer(status=500, headers=JSON, body=b'{"message": "internal error"}'))
