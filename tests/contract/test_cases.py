"""Requests made up from Neon's document: the stand-in answers each as the document says, and fails at none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.neon import routes
from tests.conftest import Tell
from tests.localcloud.neon.driver import Server

if TYPE_CHECKING:
    from tests.contract.cases import Cases

FEW, MANY = 3, 80  # for each of the routes
# Little can be done with a project without its database and role, and nothing after it was deleted.
LAST = ("deleteProjectBranchDatabase", "deleteProjectBranchRole", "deleteProject")
ROUTES = sorted(routes.ROUTES, key=lambda route: LAST.index(route.action) if route.action in LAST else -1)


@pytest.fixture
def cases(server: Server, document: dict[str, Any]) -> Iterator[Cases]:
    from tests.contract.cases import cases_against

    with cases_against(server, document) as found:
        yield found


def test_a_few_made_up_requests_are_answered_as_the_document_says(cases: Cases) -> None:
    for route in ROUTES:
        cases.run(route.method, route.template, count=FEW, always_the_same=True)
    assert cases.figures.cases == FEW * len(ROUTES)


@pytest.mark.proof
def test_made_up_requests_are_answered_as_the_document_says(cases: Cases, figures: Tell) -> None:
    for route in ROUTES:
        cases.run(route.method, route.template, count=MANY, always_the_same=False)
    assert cases.figures.cases >= 2000
    figures("made-up requests to Neon", **asdict(cases.figures))
