"""The service has carried the request out; the connection is reset instead of a reply."""

from __future__ import annotations

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    exchange.forward()
    exchange.close(reset=True)
