"""The administrator's SQL on a cluster. Passwords travel as SCRAM verifiers only, so no log or view can show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from localcloud.neon.postgres.layout import ADMIN, Layout

CONNECT_SECONDS = 10
SUPERUSER = "neon_superuser"
FIRST_DATABASE = "postgres"
ALWAYS_THERE = "template1"
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDatabase:
    """The first database of a project: its owner, and the statements that fill it (run as the owner)."""

    role: str
    password: str = field(repr=False)
    database: str
    statements: tuple[str, ...] = ()


def connect(layout: Layout, number: int, database: str = ALWAYS_THERE) -> Connection:
    return psycopg.connect(
        host=str(layout.sockets), port=number, user=ADMIN, password=layout.admin_password(), dbname=database,
        autocommit=True, connect_timeout=CONNECT_SECONDS,
    )  # fmt: skip


def set_passwords(connection: Connection, passwords: Mapping[str, str]) -> None:
    for role, password in passwords.items():
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(_verifier(connection, role, password))))
    # As Neon's does, the compute drops what is connected.
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def drop_database(connection: Connection, name: str) -> None:
    """With what is connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_role(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def logical_size(connection: Connection) -> int:
    """Bytes of all databases that users can reach."""
    return int(_value(connection, "SELECT sum(pg_database_size(oid)) FROM pg_database WHERE datallowconn"))


def databases(connection: Connection) -> list[str]:
    """All that users can reach, those made by SQL too."""
    query = b"SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname"
    return [str(row[0]) for row in connection.execute(query)]


def position(connection: Connection) -> str:
    """Where the write-ahead log is now (an LSN)."""
    return str(_value(connection, "SELECT pg_current_wal_lsn()"))


def mark(connection: Connection) -> str:
    """A text that stays the same for as long as no transaction writes anything."""
    return str(_value(connection, "SELECT pg_current_snapshot()"))


def create_root(layout: Layout, number: int, root: RootDatabase) -> None:
    """Make the first role and database of a project in a fresh cluster, and fill it."""
    role, database = sql.Identifier(root.role), sql.Identifier(root.database)
    with connect(layout, number) as admin:
        verifier = sql.Literal(_verifier(admin, root.role, root.password))
        powers = sql.SQL("LOGIN CREATEDB CREATEROLE BYPASSRLS REPLICATION")
        admin.execute(sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(role, powers, verifier))
        admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SUPERUSER), role))
        if root.database != FIRST_DATABASE:
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(FIRST_DATABASE), database))
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, role))
    if root.statements:
        _fill(layout, number, root)


def _fill(layout: Layout, number: int, root: RootDatabase) -> None:
    with psycopg.connect(
        host=str(layout.sockets), port=number, user=root.role, password=root.password, dbname=root.database,
        connect_timeout=CONNECT_SECONDS,
    ) as owner:  # fmt: skip
        for statement in root.statements:
            owner.execute(statement.encode())


def prepare_template(connection: Connection) -> None:
    """Make the group of the project's role, and drop what would be copied with every branch for nothing."""
    group = sql.Identifier(SUPERUSER)
    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN CREATEDB CREATEROLE BYPASSRLS REPLICATION").format(group))
    connection.execute("ALTER DATABASE template0 IS_TEMPLATE false")
    connection.execute("DROP DATABASE template0")
    connection.execute(sql.SQL("GRANT pg_read_all_data, pg_write_all_data, pg_monitor TO {}").format(group))


def _verifier(connection: Connection, role: str, password: str) -> str:
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def _value(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None  # noqa: S101
    return row[0]


def reason(error: psycopg.Error) -> str:
    """What PostgreSQL said, without the statement."""
    return str(error.diag.message_primary or error or type(error).__name__)
