"""Outputs as text for other tools."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from ops.listings import Format, entries_of, formatted, masked, table
from ops.pulumi import OpsError, Pulumi
from ops.target import StackSettings
from tests.hosting.shared import Shared

PATH = os.environ["PATH"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "KEY='plain'"),
        ('with $dollar and "quotes"', "KEY='with $dollar and \"quotes\"'"),
        ("a `command` and a \\ ", "KEY='a `command` and a \\ '"),
        ("it's", 'KEY="it\'s"'),
        ("two\nlines", "KEY='two\nlines'"),
        ("l'été,\ndeux", 'KEY="l\'été,\ndeux"'),
        ({"b": 1, "a": True}, 'KEY=\'{"a": true, "b": 1}\''),
        ({"a": "it's"}, 'KEY=\'{"a": "it\\u0027s"}\''),
    ],
)
def test_a_dotenv_line_reads_back_as_the_value_in_a_shell_too(value: object, line: str) -> None:
    text = formatted({"key": value}, Format.DOTENV)
    assert text == line
    command = f"set -a\n{text}\nexec printenv KEY"
    read = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, env={"PATH": PATH}).stdout
    assert (read[:-1] if isinstance(value, str) else json.loads(read)) == value


@pytest.mark.parametrize("value", ["it's $5", "it's `it`", "'\"", "it's \\", "C:\\", "a\\\\b", "a\r\nb"])
def test_a_value_that_readers_of_a_dotenv_file_would_not_read_alike_is_refused_by_its_name(value: str) -> None:
    with pytest.raises(OpsError, match="the output key holds quotes") as raised:
        formatted({"key": value}, Format.DOTENV)
    assert value not in str(raised.value)


def test_github_gets_one_line_or_a_delimited_block() -> None:
    outputs = {"b": "two\nlines", "a": "plain"}
    assert formatted(outputs, Format.GITHUB) == "a=plain\nb<<END_OF_VALUE\ntwo\nlines\nEND_OF_VALUE"


def test_a_value_never_ends_its_own_block() -> None:
    assert formatted({"a": "x\nEND_OF_VALUE\ny"}, Format.GITHUB).startswith("a<<END_OF_VALUE_\n")


def test_a_secret_of_many_lines_is_hidden_by_one_command() -> None:
    assert masked("100%\r\nof it") == "::add-mask::100%25%0D%0Aof it"


def test_json_keeps_the_shape_of_the_outputs() -> None:
    assert formatted({"a": {"b": [1, 2]}}, Format.JSON) == '{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}'


def listed(monkeypatch: pytest.MonkeyPatch, *accounts: str) -> str:
    """The variables of a stack that allows the accounts, one of them kept in SSM."""
    settings: dict[str, object] = {
        "t:environment": {"git_branch": "qa", "stage": "BETA", "owner": "qa"},
        "t:app": {"name": "t"},
        "t:variables": {"THEME": {"ssm": "/team/theme"}},
        "aws:allowedAccountIds": accounts,
    }
    config = {key: {"value": json.dumps(value)} for key, value in settings.items()}
    monkeypatch.setattr(Pulumi, "json", lambda *_: config)
    monkeypatch.setattr(StackSettings, "aws", lambda _: Shared())
    return table(entries_of(Pulumi(stack="qa")))


def test_what_another_account_keeps_is_not_listed_as_the_environments(
    moto: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shared().ssm.put_parameter(Name="/team/theme", Type="String", Value="dark")
    assert "dark" in listed(monkeypatch, "123456789012")
    with pytest.raises(OpsError, match="credentials are of the account 123456789012, not of 999999999999"):
        listed(monkeypatch, "999999999999")
