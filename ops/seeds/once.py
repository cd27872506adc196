"""YAML and JSON in which each key of an object is there once: libraries take the last, and drop the others. Pure."""

from __future__ import annotations

import json
from typing import Any

import yaml

_MERGE = "tag:yaml.org,2002:merge"


class Twice(ValueError):
    """A key that an object has twice."""


class _Loader(yaml.SafeLoader):
    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)  # before what it merges is put among its keys
        seen = set[str]()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in seen:
                    raise Twice(f"has {key.value} twice in one object: see line {key.start_mark.line + 1}")
                seen.add(key.value)
        return node


def read_yaml(text: str) -> Any:
    """Raises Twice, and yaml.YAMLError for what is none."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one


def read_json(text: str) -> Any:
    """Raises Twice, and json.JSONDecodeError for what is none."""
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict[str, Any]()
    for key, value in pairs:
        if key in found:
            raise Twice(f"has {key} twice in one object")
        found[key] = value
    return found
