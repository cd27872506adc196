"""The dynamic providers in this process, on the stand-in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from components.neon.provider import NeonProvider
from neon.client import NeonClient
from neon.retry import Pace
from neon.transport import Credentials
from tests.components.place import TABLE, Kept, Place, Still
from tests.localcloud.neon.conftest import server
from tests.localcloud.neon.driver import KEY, Server
from tests.neon.specs import client_at

__all__ = ["server"]
PACE = Pace(first_poll=0.01, poll=0.05, base=0.01, cap=0.05)
NUMBERS = itertools.count(1)


@pytest.fixture
def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> NeonClient:
    """What the providers work with."""
    found = client_at(server.address, PACE)
    monkeypatch.setattr(NeonProvider, "_found", Credentials(api_key=KEY), raising=False)
    monkeypatch.setattr("components.neon.provider.shared_client", lambda _found, _patience: found)
    return found


@pytest.fixture
def place(server: Server, client: NeonClient) -> Iterator[Place]:
    """A new project."""
    made = Place(project=server.seed(f"components-{next(NUMBERS)}", *TABLE), client=client)
    yield made
    made.project.discard()


@pytest.fixture(scope="session")
def once() -> dict[str, Kept]:
    """Resources that no test changes, by what they are about."""
    return {}


@pytest.fixture
def still(server: Server, client: NeonClient, once: dict[str, Kept]) -> Still:
    """One project for all tests in which nothing is to change."""
    return Still(place=Place(project=server.seed("still", *TABLE), client=client), kept=once)
