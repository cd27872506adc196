"""Objects of the configuration that the project's file and a stack's both may have."""

from __future__ import annotations

from typing import Any

from ops.objects import dropped, leaves, object_of


def test_fields_are_found_by_the_section_whatever_the_project_is_called() -> None:
    config: dict[str, dict[str, Any]] = {
        "aws:region": {"value": "x"},
        "salon:build": {"value": "{}", "objectValue": {"timeout": 60}},
    }
    assert object_of(config, "build") == {"timeout": 60}
    assert (object_of(config, "database"), object_of(config, "region")) == ({}, {})


def test_only_what_is_not_there_any_more_is_dropped() -> None:
    assert dropped({"timeout": 60, "force": "a"}, {"force": "b", "wait": True}) == {"timeout": 60}


def test_every_single_value_has_a_path_that_pulumi_takes() -> None:
    value = {"timeout": 60, "wait": False, "masking": [{"table": "users", "a b": "x"}]}
    assert list(leaves(value, "build")) == [
        ('build["timeout"]', "60"),
        ('build["wait"]', "false"),
        ('build["masking"][0]["table"]', "users"),
        ('build["masking"][0]["a b"]', "x"),
    ]
