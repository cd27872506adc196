"""Figures: what the long tests have done, in numbers, printed at the end of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

Tell = Callable[..., None]
FIGURES = "figures"


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
