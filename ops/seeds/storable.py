"""What a data set's values are in the tables of a backend and of a database, and which cannot be stored. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from boto3.dynamodb.types import TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Section = Literal["models", "tables"]
_LIMITS = {
    "models": "in DynamoDB: no .nan and no .inf, numbers of at most 38 digits and between 1e-130 and 1e126, no half of "
    "a character",
    "tables": "in PostgreSQL: no NUL in a text, no half of a character, and no sets; within jsonb no .nan, no .inf and "
    "no bytes",
}


def stored(value: Any) -> Any:
    """What DynamoDB knows: numbers as decimals, times as text, names that are text."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [stored(one) for one in value]
    if isinstance(value, dict):
        return {str(name): stored(one) for name, one in value.items()}
    return value


def wire(record: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """Raises TypeError or ArithmeticError for what DynamoDB does not take."""
    serializer = TypeSerializer()
    return {name: serializer.serialize(stored(value)) for name, value in record.items()}


def json_text(value: Any) -> str:
    """As jsonb takes it, times as text. Raises TypeError or ValueError for what it does not take."""
    return json.dumps(value, default=_time, allow_nan=False)


def _time(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def unstorable(section: Section, record: Mapping[str, Any]) -> Iterator[str]:
    """A text for each field that cannot be stored, without its value."""
    for name, value in record.items():
        try:
            _texts_of(value, nul=section == "models")
            if section == "models":
                wire({name: value})
            elif isinstance(value, dict | list | set):
                json_text(value)
        except (TypeError, ValueError, ArithmeticError):
            yield f"{name} cannot be stored {_LIMITS[section]}"
        except RecursionError:
            yield f"{name} is nested too deeply"


def _texts_of(value: Any, *, nul: bool) -> None:
    """Raises ValueError for a text that is none in UTF-8, or that holds NUL, unless ``nul`` may be there."""
    if isinstance(value, str):
        if "\0" in value.encode().decode() and not nul:
            raise ValueError("NUL")
    elif isinstance(value, Mapping):
        _texts_of([*value.keys(), *value.values()], nul=nul)
    elif isinstance(value, list | tuple | set):
        for one in value:
            _texts_of(one, nul=nul)
