"""Another operation holds the project."""

from __future__ import annotations

from tests.faults.proxy import Answer, Exchange

JSON = {"Content-Type": "application/json"}


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=423, headers=JSON, body=b'{"code": "", "message": "project is locked"}'))
