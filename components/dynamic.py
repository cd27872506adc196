"""What dynamic providers have in common: what a changed input means, and how they fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi.runtime import rpc


class Change(StrEnum):
    IN_PLACE = "in place"
    REPLACES = "replaces"
    REFUSED = "refused"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a change of one input means, and why."""

    change: Change
    reason: str


def changed(rules: Mapping[str, Rule], olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules of the inputs that differ, those without consequence left out."""
    return {
        key: rule for key, rule in rules.items() if rule.change is not Change.NOTHING and olds.get(key) != news.get(key)
    }


def keys_with(found: Mapping[str, Rule], change: Change) -> list[str]:
    return [key for key, rule in found.items() if rule.change is change]


def inputs_found(props: Mapping[str, Any], actual: dict[str, Any]) -> dict[str, Any] | None:
    """What a refresh gives as inputs: ``actual``, or None, which leaves those of the state, where none of it is new.

    ``props`` are the outputs of the last change. An input that is without consequence is newer in the state than there,
    and would show in every preview as changed by somebody.
    """
    return actual if any(props.get(key) != value for key, value in actual.items()) else None


class Failure(Exception):
    """The sentence that Pulumi prints when a provider cannot do what it was asked."""

    __module__ = "builtins"  # Pulumi prints the exception's name before it, and a person need not know where it is


def known(value: Any) -> bool:
    """Whether a value is settled: in previews, what another resource will give is not."""
    return bool(value != rpc.UNKNOWN)


def without_provider(props: dict[str, Any]) -> dict[str, Any]:
    """Properties less Pulumi's own ``__provider``."""
    return {key: value for key, value in props.items() if key != "__provider"}
