"""docs/database.md has the tables of the code, row by row."""

from __future__ import annotations

from pathlib import Path

from components.neon.console import CONSOLE
from components.neon.differences import BRANCH_RULES

PAGE = Path(__file__).parents[2] / "docs" / "database.md"
SETTINGS = {"project_id": "project", "name": "branch"}  # inputs that the settings call something else
NO_SETTINGS = ("endpoint", "anonymization", "mark")


def settings_rows() -> list[str]:
    return [
        f"| `{SETTINGS.get(key, key)}` | {rule.change} | {rule.reason} |"
        for key, rule in BRANCH_RULES.items()
        if key not in NO_SETTINGS
    ]


def console_rows() -> list[str]:
    return [
        f"| {done} | {', '.join(f'`{one}`' for one in sight.shows) or 'nothing'} | {sight.reason} |"
        for done, sight in CONSOLE.items()
    ]


def test_the_page_has_every_row_of_the_tables_and_no_other() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    heads = [line for line in rows if line.startswith(("| setting |", "| in Neon's console |", "| --- |"))]
    assert [line for line in rows if line not in heads] == [*settings_rows(), *console_rows()]
