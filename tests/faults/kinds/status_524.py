"""A gateway lost patience; the service has carried the request out."""

from __future__ import annotations

from tests.faults.proxy import Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.forward()
    exchange.reply(Answer(status=524, headers={"Content-Type": "text/html"}, body=b"<h1>A timeout occurred</h1>"))
