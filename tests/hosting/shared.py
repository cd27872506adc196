"""Clients of AWS for the tests of this process: to make one takes a tenth of a second."""

from __future__ import annotations

from functools import cache
from typing import Any

from hosting.clients import Aws


class Shared(Aws):
    """With clients of its own where they are put in, else with those that all tests have."""

    def __init__(self, **own: Any) -> None:
        super().__init__("eu-central-1")
        self.__dict__.update(own)

    def _client(self, service: str) -> Any:
        return _client_of(service)


@cache
def _client_of(service: str) -> Any:
    return getattr(Aws("eu-central-1"), service)
