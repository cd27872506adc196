"""A question to a person."""

from __future__ import annotations

import io

import pytest

from ops.asking import agreed


@pytest.mark.parametrize(("typed", "is_yes"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_only_a_yes_is_one(typed: str, is_yes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert agreed("Go on?") == is_yes


def test_that_nobody_has_answered_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    agreed("Go on?")
    assert capsys.readouterr().err == "no answer, which is a no\n"
