"""Pure decisions on values, paths and texts."""

from __future__ import annotations

import pytest

from localcloud.engine import paths
from localcloud.engine.crypto import Passphrase
from localcloud.engine.errors import EngineError
from localcloud.engine.provider import message_of
from localcloud.engine.values import OUTPUT, SIGNATURE, UNKNOWN, has_unknown, lower_outputs, reveal, same, secret


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["b.c"].d', ("a", "b.c", "d")),
        ("tags[*].x", ("tags", "*", "x")),
        ("tags.*", ("tags", "*")),
    ],
)
def test_a_property_path_is_read_as_pulumi_reads_it(text: str, parsed: paths.Path) -> None:
    assert paths.parse(text) == parsed


@pytest.mark.parametrize("text", ["a[", ".a", "a[x]", 'a["b'])
def test_a_malformed_path_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="invalid property path"):
        paths.parse(text)


def test_ignoring_looks_through_secrets_and_drops_what_was_not_there() -> None:
    news = {"a": secret({"x": 1, "y": 2}), "new": 1}
    assert paths.ignore_changes(news, {"a": {"x": 0}}, ["a.x", "new"]) == {"a": secret({"x": 0, "y": 2})}


def test_absent_and_null_are_alike_but_true_and_one_are_not() -> None:
    assert same({"a": None, "b": [1]}, {"b": [1]})
    assert not same({"a": True}, {"a": 1})


def test_output_values_of_the_wire_become_secrets_and_unknowns() -> None:
    assert lower_outputs({SIGNATURE: OUTPUT, "value": "x", "secret": True}) == secret("x")
    assert lower_outputs([{SIGNATURE: OUTPUT}]) == [UNKNOWN]
    assert has_unknown({"a": [secret(UNKNOWN)]})
    assert reveal({"a": [secret({"b": secret(1)})]}) == {"a": [{"b": 1}]}


def test_of_a_traceback_only_the_message_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        'Traceback (most recent call last):\n  File "x.py", line 1, in f\n    g()\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "x.py", line 3, in f\n    h()\n    ^^^\n'
        "neon.errors.ApiError: the branch is protected\nunprotect it first\n"
    )
    monkeypatch.delenv("PULUMI_DEBUG", raising=False)
    assert message_of(text) == "neon.errors.ApiError: the branch is protected\nunprotect it first"
    monkeypatch.setenv("PULUMI_DEBUG", "1")
    assert message_of(text) == text


def test_a_message_that_is_no_traceback_stays_whole() -> None:
    assert message_of("one\ntwo") == "one\ntwo"


def test_the_passphrase_format_is_pulumi_s() -> None:
    salt = "v1:qhTCpa58yJg=:v1:a5vUpNVWyJ7Jl6cb:BQp9L0hevlNvmUTnaXYz71uCWnKruQ=="
    keeper = Passphrase(salt, {"PULUMI_CONFIG_PASSPHRASE": "pp"})
    assert keeper.decrypt(keeper.encrypt("hush")) == "hush"
    assert keeper.decrypt("v1:1qNx+UEPzmZ823gu:6GwDTbRf6iDkTELcbdm9Dqd8hXZ4vEu4NuIfPfXW") == '"tok-c719fa65"'
    with pytest.raises(EngineError, match="incorrect passphrase"):
        Passphrase(salt, {"PULUMI_CONFIG_PASSPHRASE": "other"}).encrypt("x")
    with pytest.raises(EngineError, match="passphrase must be set"):
        Passphrase(salt, {}).encrypt("x")
