"""AWS that is too busy at one request, whichever it is: botocore has given up by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hosting.clients import Aws
from tests.hosting.fakes import refusal
from tests.hosting.shared import Shared

_SERVICES = ("amplify", "ssm")


@dataclass(slots=True)
class Throttling:
    """``asked`` counts the requests; the one of number ``at`` is refused, once."""

    at: int
    asked: int = 0

    def request(self) -> None:
        self.asked += 1
        if self.asked == self.at:
            raise refusal("ThrottlingException", "Rate exceeded")


@dataclass(slots=True)
class _Client:
    real: Any
    throttling: Throttling

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.real, name)
        if name == "exceptions":
            return real
        if name == "get_paginator":
            return lambda action: _Client(real(action), self.throttling)

        def ask(**arguments: Any) -> Any:
            self.throttling.request()
            return real(**arguments)

        return ask


def throttled(aws: Aws, at: int, services: Sequence[str] = _SERVICES) -> tuple[Aws, Throttling]:
    """``aws``, with the same clients behind it."""
    throttling = Throttling(at=at)
    return Shared(**{service: _Client(getattr(aws, service), throttling) for service in services}), throttling
