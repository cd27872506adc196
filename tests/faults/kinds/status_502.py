"""A gateway answers in HTML, and nobody behind it has seen the request."""

from __future__ import annotations

from tests.faults.proxy import Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=502, headers={"Content-Type": "text/html"}, body=b"<h1>Bad Gateway</h1>"))
