"""Tags of resources and the provider's default tags. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.providers.values import UNKNOWN, Values

ALL = "tagsAll"


def wanted(defaults: Mapping[str, str], inputs: Values) -> dict[str, str]:
    """All tags that a resource is to have: the provider's, under its own."""
    return {**defaults, **inputs.get("tags", {})}


def own(live: Mapping[str, str], defaults: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """The tags that a program would have to give to get those: all but what the defaults give anyway."""
    return {key: value for key, value in live.items() if key in declared or defaults.get(key) != value}


def drift(defaults: Mapping[str, str], outputs: Values, inputs: Values) -> Sequence[str]:
    """`tagsAll`, when the tags in state are not the ones that are wanted now."""
    tags = inputs.get("tags", {})
    if tags is UNKNOWN or UNKNOWN in tags.values() or ALL not in outputs:
        return ()
    return (ALL,) if outputs[ALL] != wanted(defaults, inputs) else ()


def listed(found: Mapping[str, str]) -> Any:
    """Tags as the APIs of SSM and IAM take them."""
    return [{"Key": key, "Value": value} for key, value in found.items()]


def mapped(found: Sequence[Any]) -> dict[str, str]:
    """Tags as those APIs give them, as a map."""
    return {tag["Key"]: tag["Value"] for tag in found}


def changes(live: Mapping[str, str], target: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What to set and what to remove to get from one set of tags to the other."""
    to_set = {key: value for key, value in target.items() if live.get(key) != value}
    return to_set, [key for key in live if key not in target]
