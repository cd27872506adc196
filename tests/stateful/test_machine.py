"""Whatever is declared, done by hand and disturbed, in whatever order: no data is lost, nothing is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from neon.client import NeonClient
from neon.retry import Pace
from neon.transport import Credentials
from tests.conftest import Tell
from tests.faults.proxy import proxy_to
from tests.localcloud.neon.driver import KEY, Server
from tests.stateful.machine import Figures, Life, Place
from tests.stateful.neon import Neon

PACE = Pace(read=2, call=1.5, wait=60, first_poll=0.01, poll=0.05, base=0.01, cap=0.05)
ALL = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)
FEW = settings(ALL, max_examples=2, stateful_step_count=10, derandomize=True, phases=[Phase.generate])
MANY = settings(ALL, max_examples=60, stateful_step_count=40, phases=[Phase.generate])


@pytest.fixture
def place(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    before = server.control("GET", "settings")
    server.control("PUT", "settings", {"operation_seconds": 0})
    project = server.seed("stateful", "CREATE TABLE visits (n integer)", "INSERT INTO visits VALUES (1), (2)")
    theirs = project.branch("theirs")
    project.sql(theirs, "INSERT INTO visits VALUES (3)")
    with proxy_to("127.0.0.1", server.ready["port"]) as proxy:
        client = NeonClient(Credentials(api_key=KEY, host=f"{proxy.address}/api/v2"), PACE)
        monkeypatch.setenv("NEON_API_KEY", KEY)
        monkeypatch.setattr("components.neon.provider.shared_client", lambda _found, _patience: client)
        yield Place(neon=Neon(project=project, theirs=theirs), proxy=proxy, figures=Figures())
    server.control("PUT", "settings", before)


def run(place: Place, how: settings) -> None:
    class Here(Life):
        pass

    Here.place = place
    run_state_machine_as_test(Here, settings=how)


def test_a_few_lives_of_a_database(place: Place) -> None:
    run(place, FEW)
    assert place.figures.ups > 5


@pytest.mark.proof
def test_many_lives_of_a_database(place: Place, figures: Tell) -> None:
    run(place, MANY)
    figures("lives of a database", **asdict(place.figures))
