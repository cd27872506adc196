"""What all tests have: where they write, which come first, and the figures that the long ones print at the end."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

from tests.memory import MEMORY, in_memory

Tell = Callable[..., None]
FIGURES = "figures"
TEMPORARY = "PYTEST_DEBUG_TEMPROOT"


def pytest_configure() -> None:
    if TEMPORARY not in os.environ and in_memory():
        os.environ[TEMPORARY] = str(MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker ends long after the others."""
    items.sort(key=lambda item: "scenario" not in item.path.parts)


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Tell:
    """Tells numbers by their names under a title; those of all tests with one title are added up."""
    return lambda title, **numbers: record_property(FIGURES, {"title": title, **numbers})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, told in getattr(report, "user_properties", ()):
                if name == FIGURES and getattr(report, "when", "") == "call":
                    sums[told["title"]].update({key: value for key, value in told.items() if key != "title"})
    if sums:
        terminalreporter.section(FIGURES)
    for title, numbers in sorted(sums.items()):
        terminalreporter.line(f"{title}: " + ", ".join(f"{value:,.0f} {key}" for key, value in numbers.items()))
