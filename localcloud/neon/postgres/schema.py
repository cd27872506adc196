"""What a database has besides its rows."""

from __future__ import annotations

import psycopg
from psycopg import sql

from localcloud.neon.postgres.sql import Connection
from localcloud.neon.records import MaskingRule

_NAMES = b"""
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema' AND c.relkind = ANY(%s)
ORDER BY 1"""


def empty(connection: Connection) -> None:
    """Leave what a copy of the schema alone would have: no rows, sequences at their beginning."""
    tables = names(connection, "rp")
    with connection.transaction():
        if tables:
            connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE".encode())
        for sequence in names(connection, "S"):
            connection.execute(f"ALTER SEQUENCE {sequence} RESTART".encode())
        for view in names(connection, "m"):
            connection.execute(f"REFRESH MATERIALIZED VIEW {view} WITH NO DATA".encode())
        connection.execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata")


def names(connection: Connection, kinds: str) -> list[str]:
    """The quoted names of the users' own relations of these kinds (letters of pg_class.relkind)."""
    return [str(row[0]) for row in connection.execute(_NAMES, [list(kinds)])]


def has_column(connection: Connection, rule: MaskingRule) -> bool:
    """Whether the column that the rule masks is there."""
    table = sql.SQL("{}.{}").format(sql.Identifier(rule.schema_name), sql.Identifier(rule.table_name))
    column = sql.SQL("SELECT {} FROM {} LIMIT 0").format(sql.Identifier(rule.column_name), table)
    try:
        connection.execute(column)
    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable):
        return False
    return True
