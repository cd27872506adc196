"""An adopted branch is known by its id."""

from __future__ import annotations

import pytest

from components.preflight.adopted import not_adopted, not_renamed
from components.preflight.findings import DatabaseFindings, Findings, HostingFindings
from components.settings.models import DatabaseSettings
from neon.models import Branch
from tests.components.configs import IDENTITY
from tests.neon.scripted import branch_json

FOUND = DatabaseFindings(project_id="p-1", branch=Branch.from_api(branch_json("qa", "br-two-2")))


def settings(**more: object) -> DatabaseSettings:
    return DatabaseSettings.model_validate({"project": "p-1", "branch": "qa", "adopt": True, **more})


def test_another_branch_of_that_name_is_told_with_both_ids_and_the_way_on() -> None:
    said = not_adopted(settings(), FOUND, ("p-1", "br-one-1"))
    assert said is not None
    assert "has adopted the Neon branch br-one-1, and 'qa' is another one by now (br-two-2, " in said
    assert "add recreate: true" in said


@pytest.mark.parametrize(
    ("database", "found", "known"),
    [
        (settings(), FOUND, ("p-1", "br-two-2")),
        (settings(), FOUND, None),
        (settings(), FOUND, ("p-2", "br-one-1")),
        (settings(), DatabaseFindings(project_id="p-1"), ("p-1", "br-one-1")),
        (settings(recreate=True), FOUND, ("p-1", "br-one-1")),
        (settings(adopt=False, source="main"), FOUND, ("p-1", "br-one-1")),
        (None, FOUND, ("p-1", "br-one-1")),
    ],
    ids=["the same", "never up", "another project", "none of that name", "wanted", "not adopted", "no database"],
)
def test_nothing_is_said_of_the_right_one_or_of_one_that_is_wanted(
    database: DatabaseSettings | None, found: DatabaseFindings, known: tuple[str, str] | None
) -> None:
    assert not_adopted(database, found, known) is None


def test_an_adopted_branch_is_not_renamed_by_another_name_in_the_settings() -> None:
    nowhere = DatabaseFindings(project_id="p-1", others="'main'")
    said = not_renamed(settings(), nowhere, ("p-1", "br-one-1"))
    assert said is not None
    assert "adopted the Neon branch br-one-1" in said
    assert "none is called 'qa': correct the name. The project has 'main'" in said
    assert not_renamed(settings(), FOUND, ("p-1", "br-one-1")) is None
    assert not_renamed(settings(), nowhere, None) is None
    assert not_renamed(settings(adopt=False, source="main"), nowhere, ("p-1", "br-one-1")) is None


def test_nor_is_one_that_a_first_up_which_failed_has_adopted() -> None:
    left = HostingFindings(parameters=frozenset({IDENTITY.parameter("DATABASE_URL")}))
    findings = Findings(hosting=left, database=DatabaseFindings(project_id="p-1", others="'main', 'quality'"))
    said = findings.nothing_to_adopt(settings())
    assert said is not None
    assert "has no branch 'qa' to adopt: correct the name" in said
    assert "It has 'main', 'quality'" in said


@pytest.mark.parametrize("adopted", [False, True])
def test_a_connection_string_that_is_to_be_adopted_tells_of_no_database_that_this_stack_had(adopted: bool) -> None:
    there = frozenset({IDENTITY.parameter("DATABASE_URL")})
    hosting = HostingFindings(parameters=there, adopting=there if adopted else frozenset())
    findings = Findings(hosting=hosting, database=DatabaseFindings(project_id="p-1"))
    lost = findings.lost_database(settings(adopt=False, source="main"), IDENTITY)
    assert (lost is None) == adopted
