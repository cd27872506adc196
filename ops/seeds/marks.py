"""The mark of an environment in a record: a word at the beginning of a field. Pure.

Whoever sees a record knows by it that it is made up, and where; and only what has the mark is ever changed or removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Record = Mapping[str, Any]


class Mark(StrEnum):
    """``[PROD]`` for the stage PRODUCTION, ``[DEV]`` for all others."""

    DEV = "[DEV]"
    PROD = "[PROD]"


def mark_of(production: bool) -> Mark:
    return Mark.PROD if production else Mark.DEV


def marked(record: Record, field: str, mark: Mark) -> dict[str, Any]:
    """The record with the mark in ``field``. Raises ValueError for a field that is no text or has another's mark."""
    value = record.get(field, "")
    if not isinstance(value, str):
        raise ValueError(f"{field} takes the mark, and must be text")
    other = next((one for one in Mark if one is not mark and value.startswith(one)), None)
    if other is not None:
        raise ValueError(f"{field} begins with {other}: it is for another environment")
    text = value if value.startswith(mark) else f"{mark} {value}".strip()
    return {**record, field: text}


def carries(record: Record, field: str, mark: Mark) -> bool:
    value = record.get(field)
    return isinstance(value, str) and value.startswith(mark)
