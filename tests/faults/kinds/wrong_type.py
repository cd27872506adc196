"""A page in HTML with the status of a success, from something that is not the service."""

from __future__ import annotations

from tests.faults.proxy import Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=200, headers={"Content-Type": "text/html"}, body=b"<h1>Sign in to the network</h1>"))
