"""Records in the tables of an environment's database: all of a data set, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from ops.postgres import CONNECT, reason_of
from ops.pulumi import OpsError
from ops.seeds.files import Records
from ops.seeds.marks import Mark, Record
from ops.seeds.storable import json_text

_LOCK = 10  # seconds for what another transaction holds
_STATEMENT = 60  # seconds for one statement, which is about one row


@contextmanager
def opened(address: str) -> Iterator[psycopg.Connection[Any]]:
    """One transaction, committed at the end; it waits 10 s for a lock and 60 s for a statement. ``address`` is secret,
    and is in no error."""
    try:
        with psycopg.connect(address, connect_timeout=CONNECT) as connection:
            connection.execute(
                "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)",
                [f"{_LOCK}s", f"{_STATEMENT}s"],
            )
            yield connection
    except psycopg.Error as error:
        raise OpsError(
            f"the database refused ({type(error).__name__}): {reason_of(error)}; nothing of it was changed"
        ) from None


def load(connection: psycopg.Connection[Any], path: Path, table: str, records: Records, mark: Mark) -> int:
    """Inserts what is new, updates what is different; how many. A row without the mark is refused, not overwritten.

    Raises OpsError with the record in the file at ``path`` that the database refuses, and why.
    """
    count = 0
    for number, record in enumerate(records.records, start=1):
        with _not_forever(table), _explained(f"{path}.tables.{table}, record {number}"):
            count += _load(connection, table, records, record, mark)
    return count


def clean(connection: psycopg.Connection[Any], path: Path, table: str, records: Records, mark: Mark) -> int:
    """Removes those rows that are there with the mark, the last first; how many. Errors as of `load`."""
    statement = sql.SQL("DELETE FROM {} WHERE {} AND {}").format(
        _table(table), _equal(records.key), _starts(sql.Identifier(records.mark))
    )
    count = 0
    for number, record in reversed(list(enumerate(records.records, start=1))):
        with _not_forever(table), _explained(f"{path}.tables.{table}, record {number}"):
            count += connection.execute(statement, [*_values(record, records.key), str(mark)]).rowcount
    return count


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
        raise  # the record is not what is wrong
    except psycopg.Error as error:
        raise OpsError(
            f"{where}: the database refused it ({type(error).__name__}): {reason_of(error)}; nothing in the database "
            "was changed"
        ) from None


@contextmanager
def _not_forever(table: str) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.LockNotAvailable:
        why = f"another transaction holds a lock on the table {table}, or on a row of it, for more than {_LOCK} s"
    except psycopg.errors.QueryCanceled:
        why = f"a statement about one row of the table {table} took more than {_STATEMENT} s"
    else:
        return
    raise OpsError(
        f"{why}: nothing in the database was changed. See in pg_stat_activity who is at work, let them end, and run "
        "this once more"
    )


def _load(connection: psycopg.Connection[Any], table: str, records: Records, record: Record, mark: Mark) -> int:
    columns = list(record)
    there = connection.execute(
        sql.SQL("SELECT {}, {} FROM {} WHERE {} FOR UPDATE").format(
            _starts(sql.Identifier(records.mark)), _same(columns), _table(table), _equal(records.key)
        ),
        [str(mark), *_values(record, columns), *_values(record, records.key)],
    ).fetchall()
    if not there:
        _insert(connection, table, record, columns)
        return 1
    if len(there) > 1:
        raise OpsError(
            f"{len(there)} rows of {table} have {_words(record, records.key)}: name a key that tells one row; nothing "
            "in the database was changed"
        )
    ours, same = there[0]
    if not ours:
        raise OpsError(
            f"the row of {table} with {_words(record, records.key)} is there without {mark} in {records.mark}: it is "
            "somebody else's; nothing in the database was changed"
        )
    if not same:
        _update(connection, table, records, record, columns)
    return int(not same)


def _insert(connection: psycopg.Connection[Any], table: str, record: Record, columns: Sequence[str]) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        _table(table), _list(columns), sql.SQL(", ").join(sql.Placeholder() * len(columns))
    )
    connection.execute(statement, _values(record, columns))


def _update(
    connection: psycopg.Connection[Any], table: str, records: Records, record: Record, columns: Sequence[str]
) -> None:
    pairs = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns)
    statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(_table(table), pairs, _equal(records.key))
    connection.execute(statement, [*_values(record, columns), *_values(record, records.key)])


def _table(name: str) -> sql.Composable:
    """``table``, or ``schema.table``."""
    return sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))


def _list(columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def _equal(key: Sequence[str]) -> sql.Composable:
    return sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in key)


def _same(columns: Sequence[str]) -> sql.Composable:
    one = sql.SQL("{} IS NOT DISTINCT FROM %s")
    return sql.SQL("(") + sql.SQL(" AND ").join(one.format(sql.Identifier(column)) for column in columns) + sql.SQL(")")


def _starts(column: sql.Identifier) -> sql.Composable:
    return sql.SQL("coalesce(starts_with({}::text, %s), false)").format(column)


def _values(record: Record, columns: Sequence[str]) -> list[Any]:
    return [
        Jsonb(value, dumps=json_text) if isinstance(value := record[column], Mapping | list) else value
        for column in columns
    ]


def _words(record: Record, key: Sequence[str]) -> str:
    return ", ".join(f"{column}={record[column]}" for column in key)
