"""Records in the DynamoDB tables of a backend, found by the names of their models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from hosting.backend_state import Backend
from hosting.clients import Aws
from hosting.errors import explained
from ops.progress import insist
from ops.pulumi import OpsError
from ops.seeds.marks import Mark, Record, carries
from ops.seeds.storable import stored, wire

_REFUSED = "ConditionalCheckFailedException"
_TIMES = ("createdAt", "updatedAt")  # Amplify's models have them, and its API fails on a record without


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``key`` are the attributes of its key; ``model`` is the type that Amplify's API sees in a record."""

    name: str
    model: str
    key: tuple[str, ...]


def table_name(backend: Backend, model: str) -> str:
    """Amplify names a table for its model and its API. Raises OpsError where there is not exactly one."""
    names = {model, f"{model}Table"}
    found = [part.id for part in backend.tables if part.id.split("-")[0] == model or part.logical in names]
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted(part.id for part in backend.tables)) or "none"
    raise OpsError(f"{len(found)} tables of the backend {backend.name} are for the model {model}; it has {there}")


def read_table(aws: Aws, backend: Backend, model: str) -> Table:
    name = table_name(backend, model)
    with explained(f"reading the table {name}"):
        schema = aws.dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
    return Table(name=name, model=model, key=tuple(one["AttributeName"] for one in schema))


def require_keys(table: Table, where: str, records: Sequence[Record]) -> None:
    """Raises OpsError for a record without the table's key. ``where`` is its place in a file."""
    for number, record in enumerate(records, start=1):
        missing = [name for name in table.key if record.get(name) is None]
        if missing:
            raise OpsError(
                f"{where}, record {number}: {', '.join(missing)} is missing, the key of the table {table.name}; no "
                "record was written or removed"
            )


def load(aws: Aws, table: Table, field: str, records: Sequence[Record], mark: Mark) -> int:
    """Writes what is new or different; how many. A record of that key without the mark is refused, not overwritten.
    Waits, two minutes for each, while DynamoDB is too busy. All have the table's key (see `require_keys`).

    What a record has beside what the data set declares is others' and stays.
    """
    return sum(insist(partial(_load, aws, table, field, record, mark)) for record in records)


def clean(aws: Aws, table: Table, field: str, records: Sequence[Record], mark: Mark) -> int:
    """Removes those records that are there with the mark; how many."""
    return sum(insist(partial(_remove, aws, table, _key(table, record), field, mark)) for record in records)


def _load(aws: Aws, table: Table, field: str, record: Record, mark: Mark) -> int:
    key = _key(table, record)
    old = _read(aws, table, key)
    if old is not None and not carries(old, field, mark):
        raise OpsError(f"{table.model} {_words(key)} is there without {mark} in {field}: it is not ours, and was kept")
    different = differences(_whole(table, record, old), old)
    if different:
        _write(aws, table, key, different, _condition(new=old is None), field, mark)
    return bool(different)


def _key(table: Table, record: Record) -> dict[str, Any]:
    return {name: record[name] for name in table.key}


def _words(key: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in key.items())


def _whole(table: Table, record: Record, old: Record | None) -> dict[str, Any]:
    """As it is stored: times that the file does not give stay as they are, or are now's."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    times = {name: (old or {}).get(name, now) for name in _TIMES}
    return {"__typename": table.model, **times, **{name: stored(value) for name, value in record.items()}}


def differences(declared: Record, old: Record | None) -> dict[str, Any]:
    """The attributes that ``old`` does not have so; all of them for a record that is not there."""
    there = old or {}
    return {name: value for name, value in declared.items() if name not in there or not _same(there[name], value)}


def _same(one: Any, other: Any) -> bool:
    """To Python a 1 is true, and to a backend it is not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _read(aws: Aws, table: Table, key: Record) -> dict[str, Any] | None:
    with explained(f"reading a record of the table {table.name}"):
        item = aws.dynamodb.get_item(TableName=table.name, Key=wire(key), ConsistentRead=True).get("Item")
    deserializer = TypeDeserializer()
    return None if item is None else {name: deserializer.deserialize(value) for name, value in item.items()}


def _condition(*, new: bool) -> str:
    """Somebody may have written, or removed it, since it was read: part of a record is for one that is there."""
    ours = "begins_with(#field, :mark)"
    return f"attribute_not_exists(#key) OR {ours}" if new else f"attribute_exists(#key) AND {ours}"


def _write(aws: Aws, table: Table, key: Record, attributes: Record, condition: str, field: str, mark: Mark) -> None:
    values = wire({name: value for name, value in attributes.items() if name not in table.key})
    places = {f"a{place}": name for place, name in enumerate(values)}
    with explained(f"writing a record into the table {table.name}"):
        aws.dynamodb.update_item(
            TableName=table.name,
            Key=wire(key),
            UpdateExpression="SET " + ", ".join(f"#{place} = :{place}" for place in places),
            ConditionExpression=condition,
            ExpressionAttributeNames={
                "#key": table.key[0],
                "#field": field,
                **{f"#{place}": name for place, name in places.items()},
            },
            ExpressionAttributeValues={
                ":mark": {"S": str(mark)},
                **{f":{place}": values[name] for place, name in places.items()},
            },
        )


def _remove(aws: Aws, table: Table, key: Record, field: str, mark: Mark) -> int:
    with explained(f"removing a record from the table {table.name}"):
        try:
            aws.dynamodb.delete_item(
                TableName=table.name,
                Key=wire(key),
                ConditionExpression="begins_with(#field, :mark)",
                ExpressionAttributeNames={"#field": field},
                ExpressionAttributeValues={":mark": {"S": str(mark)}},
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _REFUSED:
                return 0
            raise
    return 1
