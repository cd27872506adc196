"""Outputs as text for other tools."""

from __future__ import annotations

import pytest

from ops.listings import Format, formatted, masked


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "KEY='plain'"),
        ('with $dollar and "quotes"', "KEY='with $dollar and \"quotes\"'"),
        ("it's", 'KEY="it\'s"'),
        ("two\nlines", 'KEY="two\\nlines"'),
        ("l'été", 'KEY="l\'été"'),
        ({"b": 1, "a": True}, 'KEY=\'{"a": true, "b": 1}\''),
    ],
)
def test_a_dotenv_line_reads_back_as_the_value(value: object, line: str) -> None:
    assert formatted({"key": value}, Format.DOTENV) == line


def test_github_gets_one_line_or_a_delimited_block() -> None:
    outputs = {"b": "two\nlines", "a": "plain"}
    assert formatted(outputs, Format.GITHUB) == "a=plain\nb<<END_OF_VALUE\ntwo\nlines\nEND_OF_VALUE"


def test_a_value_never_ends_its_own_block() -> None:
    assert formatted({"a": "x\nEND_OF_VALUE\ny"}, Format.GITHUB).startswith("a<<END_OF_VALUE_\n")


def test_a_secret_of_many_lines_is_hidden_by_one_command() -> None:
    assert masked("100%\r\nof it") == "::add-mask::100%25%0D%0Aof it"


def test_json_keeps_the_shape_of_the_outputs() -> None:
    assert formatted({"a": {"b": [1, 2]}}, Format.JSON) == '{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}'
