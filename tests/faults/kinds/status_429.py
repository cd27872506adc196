"""Too many requests, with the seconds to wait."""

from __future__ import annotations

from tests.faults.proxy import JSON, Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=429, headers={**JSON, "Retry-After": "0"}, body=b'{"message": "slow down"}'))
