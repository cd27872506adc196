"""The tables of what a changed input means are what happens: each of their rows, done in Neon."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from components.dynamic import Change, Rule
from components.neon.differences import BRANCH_RULES, CONNECTION_RULES, PASSWORD_RULES, RESET_RULES
from tests.components.place import Kept, Place, Still
from tests.components.rows import BRANCH, CONNECTION, PASSWORD, RESET, Case

TABLES: Mapping[str, Mapping[str, Rule]] = {
    "branch": BRANCH_RULES,
    "connection": CONNECTION_RULES,
    "reset": RESET_RULES,
    "password": PASSWORD_RULES,
}
CASES = [*BRANCH, *CONNECTION, *RESET, *PASSWORD]
NO_CHANGE = (Change.NOTHING, Change.REFUSED)


def rule_of(case: Case) -> Rule:
    return TABLES[case.table][case.row]


def made(place: Place, case: Case) -> Kept:
    """The case's resource as the state has it before its input changes; all but a branch are about one of ours."""
    asked = case.made(place)
    kept = place.branch(**asked) if case.table == "branch" else place.on_branch(case.table, place.branch().id, **asked)
    case.by_hand(place, kept.id)
    return kept.but(**case.state)


@pytest.mark.parametrize("case", [case for case in CASES if rule_of(case).change not in NO_CHANGE], ids=str)
def test_a_changed_input_comes_to_what_its_row_says(place: Place, case: Case) -> None:
    before = made(place, case)
    change, after = place.change(before, {**before.inputs, **case.to(place)})
    assert change is rule_of(case).change
    assert case.holds(place, before, after)


@pytest.mark.parametrize("case", [case for case in CASES if rule_of(case).change in NO_CHANGE], ids=str)
def test_a_changed_input_without_consequence_sends_neon_nothing(still: Still, case: Case) -> None:
    before, place = still.resource(case.table), still.place
    asked = place.mutations()
    change, after = place.change(before, {**before.inputs, **case.to(place)})
    assert change is rule_of(case).change
    assert place.mutations() == asked
    assert after == before
    assert case.holds(place, before, after)
    # The state has the new input then, and that is nothing which somebody changed in Neon.
    assert before.provider.read(before.id, dict(before.outputs)).inputs is None


@pytest.mark.parametrize("case", [case for case in CASES if rule_of(case).change is Change.REFUSED], ids=str)
def test_what_is_refused_says_why(still: Still, case: Case) -> None:
    before = still.resource(case.table)
    found = before.provider.check(dict(before.inputs), {**before.inputs, **case.to(still.place)})
    assert [(failure.property, failure.reason) for failure in found.failures] == [(case.row, rule_of(case).reason)]


def test_every_row_has_its_case() -> None:
    rows = {(table, row) for table, rules in TABLES.items() for row in rules}
    assert {(case.table, case.row) for case in CASES} == rows
    assert len(CASES) == len(rows)
