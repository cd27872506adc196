"""The service has carried the request out, and nothing comes back."""

from __future__ import annotations

from tests.faults.proxy import Exchange


def act(exchange: Exchange) -> None:
    exchange.forward()
    exchange.until_the_client_gives_up()
