"""The connection is reset before the service has seen the request."""

from __future__ import annotations

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    exchange.close(reset=True)
