"""Policy documents as texts. Pure functions."""

from __future__ import annotations

import json

from localcloud.providers.table import Failure
from localcloud.providers.values import UNKNOWN, Values


def text(document: object) -> str:
    """The document as JSON; the service gives it back as an object."""
    return document if isinstance(document, str) else json.dumps(document)


def settled(declared: object, live: object) -> str:
    """The text that the program gave, as long as it says what is there, however it is written; else what is there."""
    return declared if isinstance(declared, str) and _same(declared, text(live)) else text(live)


def _same(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other


def check(inputs: Values, name: str) -> list[Failure]:
    """An input that is no JSON is refused before it reaches the service."""
    value = inputs.get(name)
    if value is None or value is UNKNOWN:
        return []
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return [Failure(property=name, reason=f"'{name}' must be the text of a JSON document")]
    return []
