"""A key that nobody reads is told, where it was meant for this program."""

from __future__ import annotations

import pytest

from components.settings.reading import read_draft
from tests.components.configs import config


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("nialit:database", "nailit:database"),
        ("quite-another:database", "nailit:database"),
        ("nailt:databse", "nailit:databse"),
        ("asw:region", "aws:region"),
        ("noen:apiKey", "neon:apiKey"),
    ],
)
def test_a_key_with_a_misspelt_namespace_is_told_with_the_right_one(key: str, meant: str) -> None:
    (problem,) = read_draft({**config(), key: "{}"}, "nailit")[1]
    assert str(problem) == f"{key}: nobody reads it: write {meant}, or take it out"


@pytest.mark.parametrize("key", ["datadog:apiKey", "pulumi:tags", "neon:orgId", "aws:profile", "alone"])
def test_a_key_of_others_is_left_alone(key: str) -> None:
    assert read_draft({**config(), key: "{}"}, "nailit")[1] == []
