"""A measure that comes out above its limit is told, and what is no limit is none."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.measure import Limit, Row, middle
from tests.bench.stacks import Stacks

ROW = Row(what="create", reads=9, mutations=1, seconds=1.0, above=0.4, limit=Limit(mutations=1, above=0.5))


def test_a_row_within_its_limits_says_nothing() -> None:
    assert ROW.exceeded() == []


def test_each_limit_that_is_exceeded_is_told() -> None:
    worse = Row(what="create", reads=99, mutations=2, seconds=9.0, above=0.75, limit=ROW.limit)
    assert worse.exceeded() == [
        "create: 2 mutations, and 1 is the limit",
        "create: 0.75 above, and 0.5 is the limit",
    ]


def test_the_middle_of_several_measures_has_the_most_requests_and_the_median_times() -> None:
    others = [Row(what="create", reads=n, mutations=n, seconds=n, above=n / 10) for n in (1, 2, 30)]
    assert (middle(others).mutations, middle(others).seconds, middle(others).above) == (30, 2, 0.2)


def test_stacks_that_wait_for_one_another_longer_than_for_neon_are_told() -> None:
    found = Stacks(engine="an engine", cli=True, wall=33.0, idle=8.0, operations=20.0, count=10)
    assert (found.ratio, found.ours, found.exceeded()) == (1.65, 1.25, [])
    assert replace(found, wall=38.0).exceeded() == [
        "three stacks at once: 1.50 times Neon's operations, and 1.3 is the limit"
    ]


def test_the_embedded_engines_own_time_counts() -> None:
    found = Stacks(engine="an engine", cli=False, wall=25.0, idle=5.0, operations=20.0, count=10)
    assert found.exceeded() == []
    assert replace(found, wall=27.0).exceeded() == [
        "three stacks at once: 1.35 times Neon's operations, and 1.3 is the limit"
    ]
