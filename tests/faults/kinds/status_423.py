"""Another operation holds the project."""

from __future__ import annotations

from tests.faults.proxy import JSON, Answer, Exchange


def act(exchange: Exchange) -> None:
    exchange.reply(Answer(status=423, headers=JSON, body=b'{"code": "", "message": "project is locked"}'))
