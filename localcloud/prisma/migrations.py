"""Migrations as Prisma applies them: in the order of their names, each at once, and recorded in a table."""

from __future__ import annotations

import uuid
from typing import Final

import psycopg

from localcloud.prisma.scripts import LEDGER, Migration

_LOCK: Final = 72707369


class MigrationError(Exception):
    """The database is not brought to the schema; the text begins with Prisma's number for the reason."""


def deploy(connection: psycopg.Connection, migrations: list[Migration]) -> list[str]:
    """Apply what has not been applied; the names. The connection commits by itself.

    A script is sent as a whole, so that PostgreSQL undoes all of one that fails; that it failed stays written down, and
    nothing more is applied until somebody resolves it.

    Raises:
        MigrationError: for a script that fails, an earlier one that failed, one with tables of another origin.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    _begin_ledger(connection)
    query = "SELECT migration_name, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL"
    states: dict[str, object] = dict(connection.execute(query).fetchall())
    failed = [name for name, finished in states.items() if finished is None]
    if failed:
        raise MigrationError(f"P3009: {', '.join(failed)} failed before: resolve it, nothing is applied until then")
    wanted = [one for one in migrations if one.name not in states]
    for one in wanted:
        _apply(connection, one)
    return [one.name for one in wanted]


def _begin_ledger(connection: psycopg.Connection) -> None:
    if not _exists(connection, "_prisma_migrations") and _tables(connection):
        raise MigrationError("P3005: the database has tables and no record of migrations: baseline it")
    connection.execute(LEDGER)


def _exists(connection: psycopg.Connection, table: str) -> bool:
    return table in _tables(connection)


def _tables(connection: psycopg.Connection) -> set[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    return {name for (name,) in connection.execute(query).fetchall()}


def _apply(connection: psycopg.Connection, one: Migration) -> None:
    row = str(uuid.uuid4())
    connection.execute(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (%s, %s, %s)",
        (row, one.checksum, one.name),
    )
    try:
        connection.execute(one.script.encode())
    except psycopg.Error as error:
        connection.execute("UPDATE _prisma_migrations SET logs = %s WHERE id = %s", (str(error), row))
        raise MigrationError(f"P3018: the migration {one.name} failed: {str(error).strip()}") from error
    connection.execute(
        "UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = %s", (row,)
    )


def resolve(connection: psycopg.Connection, name: str, known: list[Migration], *, applied: bool) -> None:
    """Say of a migration that it was rolled back, or that somebody else applied it (the whole of it).

    Raises:
        MigrationError: for one that there is not, or that has not failed.
    """
    connection.execute(LEDGER)
    row = connection.execute(
        "UPDATE _prisma_migrations SET rolled_back_at = now()"
        " WHERE migration_name = %s AND finished_at IS NULL AND rolled_back_at IS NULL RETURNING id",
        (name,),
    ).fetchone()
    if not applied:
        if row is None:
            raise MigrationError(f"P3012: the migration {name} cannot be rolled back, for it has not failed")
        return
    script = next((one for one in known if one.name == name), None)
    if script is None:
        raise MigrationError(f"P3017: there is no migration {name}")
    connection.execute(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES (%s, %s, %s, now())",
        (str(uuid.uuid4()), script.checksum, name),
    )
