"""What the stand-ins say that they do not do is in their README, word for word."""

from __future__ import annotations

import pytest

from localcloud.neon.records import Settings
from localcloud.readme import README, lists, with_lists


def test_the_readme_has_every_list_as_it_is_in_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_lists(text) == text, "run: python -m localcloud.readme"


@pytest.mark.parametrize("name", lists())
def test_each_stand_in_has_its_list_in_the_readme(name: str) -> None:
    text = README.read_text(encoding="utf-8")
    assert f"<!-- list: {name} -->\n{lists()[name]}<!-- end of list -->" in text, "run: python -m localcloud.readme"


def test_the_readme_names_every_setting_of_the_neon_stand_in() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in text] == []
