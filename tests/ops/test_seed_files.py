"""Data sets as files have them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ops.pulumi import OpsError
from ops.seeds.files import Reader, read_sets
from ops.seeds.marks import Mark
from ops.seeds.storable import Section, json_text, unstorable

ROOT = Path(__file__).parents[2]


def test_the_data_set_of_the_docs_is_one(tmp_path: Path) -> None:
    shown = re.search(r"```yaml\n(# seeds/.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    assert shown is not None
    path = tmp_path / "salon.yaml"
    path.write_text(shown[1])
    (data,), left = read_sets([path], Reader(stack="staging", mark=Mark.DEV))
    assert (left, data.common, list(data.models), list(data.tables)) == ([], False, ["Request"], ["users", "visits"])
    assert data.models["Request"].records[0]["title"] == "[DEV] A first visit"


def records_of(path: Path, section: str, value: str) -> str:
    path.write_text(
        f"{section}:\n  T:\n    mark: m\n    key: [id]\n    records: [{{id: 1, m: a}}, {{id: 2, m: b, x: {value}}}]\n"
    )
    try:
        read_sets([path], Reader(stack="staging", mark=Mark.DEV))
    except OpsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("models", ".nan"),
        ("models", "[.inf]"),
        ("models", "9" * 39),
        ("models", "{a: 1.0e+300}"),
        ("tables", "{a: .nan}"),
        ("tables", "[!!binary aGFsbG8=]"),
        ("tables", "{a: !!set {b}}"),
        ("tables", "!!set {b}"),
        ("tables", '"a\\0b"'),
        ("tables", '{a: ["b\\0"]}'),
        ("tables", '"\\ud800"'),
        ("models", '[{a: "\\ud800"}]'),
    ],
)
def test_what_a_table_cannot_store_is_told_with_its_record_before_anything_is_written(
    tmp_path: Path, section: str, value: str
) -> None:
    said = records_of(tmp_path / "one.yaml", section, value)
    assert f"one.yaml.{section}.T, record 2: x cannot be stored " in said


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("models", "9" * 38),
        ("models", "[2026-01-05, {at: 2026-01-05T09:00:00Z, 1: true}]"),
        ("models", "!!binary aGFsbG8="),
        ("models", "!!set {b}"),
        ("models", '"a\\0b"'),
        ("tables", ".nan"),
        ("tables", "9" * 39),
        ("tables", "{since: 2026-01-05, 1: [2026-01-05T09:00:00Z]}"),
    ],
)
def test_numbers_and_times_that_a_table_can_store_are_no_problem(tmp_path: Path, section: str, value: str) -> None:
    assert records_of(tmp_path / "one.yaml", section, value) == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("one.yaml", "models: {T: " + "[" * 3000, "one.yaml: is nested too deeply"),
        ("one.json", "[" * 100_000, "one.json: is nested too deeply"),
        ("one.yaml", "models: {}\ntables: {a: b: c}", "one.yaml: is no YAML: see line 2"),
        ("one.json", '{"models":\n}', "one.json: is no JSON: see line 2"),
        ("one.yaml", "models: \x07", "one.yaml: is no YAML"),
        (
            "one.yaml",
            "models:\n  T: {mark: m, records: []}\n  T: {}",
            "one.yaml: has T twice in one object: see line 3",
        ),
        ("one.json", '{"models": {}, "models": {}}', "one.json: has models twice in one object"),
        ("one.yaml", None, "one.yaml: is not there: correct the name"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(OpsError) as raised:
        read_sets([path], Reader(stack="staging", mark=Mark.DEV))
    assert f"{tmp_path}/{said}" in str(raised.value)


def test_what_an_object_merges_may_be_overridden_in_it(tmp_path: Path) -> None:
    text = "models:\n  T: &t {mark: m, records: [{id: 1}]}\n  U: &u {<<: *t, mark: n}\n  V: {<<: *u}"
    (tmp_path / "one.yaml").write_text(text)
    (data,), _ = read_sets([tmp_path / "one.yaml"], Reader(stack="staging", mark=Mark.DEV))
    assert [records.mark for records in data.models.values()] == ["m", "n", "n"]


def test_a_value_that_is_nested_too_deeply_is_told() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    sections: tuple[Section, ...] = ("models", "tables")
    assert [list(unstorable(one, {"x": value})) for one in sections] == [["x is nested too deeply"]] * 2


def test_times_within_a_jsonb_are_text() -> None:
    value = {"since": date(2026, 1, 5), "at": [datetime(2026, 1, 5, 9, tzinfo=UTC)]}
    assert json_text(value) == '{"since": "2026-01-05", "at": ["2026-01-05T09:00:00+00:00"]}'
