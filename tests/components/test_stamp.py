"""The stamp changes with what needs a new build, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.stamp import Stamped, stamp

BASE = Stamped(variables={"A": "1", "B": "2"}, versions={"DATABASE_URL": 1}, last_reset_at="", made="")


@pytest.mark.parametrize(
    "change",
    [
        {"variables": {"A": "1", "B": "3"}},
        {"versions": {"DATABASE_URL": 2}},
        {"last_reset_at": "2026-01-01T00:00:00Z"},
        {"made": "2026-01-01T00:00:00Z"},
    ],
)
def test_each_part_of_it_needs_a_new_build(change: dict[str, Any]) -> None:
    assert stamp(replace(BASE, **change)) != stamp(BASE)


def test_the_order_of_the_keys_is_the_same_build() -> None:
    assert stamp(replace(BASE, variables={"B": "2", "A": "1"})) == stamp(BASE)


def test_the_stamp_is_the_same_on_every_machine_and_day() -> None:
    assert stamp(BASE) == "e27bc09f05f4da8c4d04f392e2623fad"
