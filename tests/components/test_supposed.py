"""A preview of settings that are not written yet."""

from __future__ import annotations

import json

from components.settings.supposed import supposition, with_supposed

TIME = "2026-11-25T15:00:00Z"


def test_what_is_supposed_stands_beside_what_the_file_says() -> None:
    config = {"nailit:database": json.dumps({"branch": "staging", "fresh_after": "2026-01-01T00:00:00Z"}), "a:b": "c"}
    found = with_supposed(config, "nailit", supposition("database.fresh_after", TIME))
    assert json.loads(found["nailit:database"]) == {"branch": "staging", "fresh_after": TIME}
    assert found["a:b"] == "c"


def test_nothing_is_supposed_unless_a_command_says_so() -> None:
    assert with_supposed({"nailit:database": "{}"}, "nailit", {}) == {"nailit:database": "{}"}
