"""The service has carried the request out; the headers of its reply come a byte at a time, and would take minutes."""

from __future__ import annotations

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    exchange.trickle_headers(exchange.forward())
