"""The service is not available, and has done nothing."""

from __future__ import annotations

from tests.faults.proxy import JSON, Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=503, headers=JSON, body=b'{"message": "try again"}'))
