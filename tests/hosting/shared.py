"""Clients of AWS for the tests of this process: to make one takes a tenth of a second."""

from __future__ import annotations

from functools import cache
from typing import Any

from moto import mock_aws

from hosting.clients import Aws

__all__ = ["Shared", "mock_aws"]  # a client that is made before moto is loaded would never come to it


class Shared(Aws):
    """With clients of its own where they are put in, else with those that all tests have."""

    def __init__(self, **own: Any) -> None:
        super().__init__("eu-central-1")
        self.__dict__.update(own)

    def _client(self, service: str) -> Any:
        return _client_of(service)


@cache
def _client_of(service: str) -> Any:
    """Also the first test that has one may be without moto: its credentials, and its way to moto, are there all the
    same."""
    made = Aws("eu-central-1")
    made._session.set_credentials("of-the-tests", "of-the-tests")
    return getattr(made, service)
