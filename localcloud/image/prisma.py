"""`prisma`: brings a PostgreSQL database to an application's schema, with psycopg in place of Prisma's engines.

Four commands of the real one: migrate deploy, migrate resolve, db push, generate; it refuses all others, and options
that it does not have. Of schema.prisma it reads the datasource alone: `generate` makes nothing, and `db push` runs
`push.sql` beside the schema, which brings an earlier state of the database to the one that the schema describes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from localcloud.image import _calls
from localcloud.prisma import migrations, scripts
from localcloud.prisma.migrations import MigrationError
from localcloud.prisma.schema import SchemaError, datasource

_SCHEMA = Path("prisma", "schema.prisma")
_SECONDS = 20


def main(words: list[str]) -> int:
    """0, or 1 with a sentence on standard error."""
    asked = _parser().parse_args(words)
    try:
        if asked.act is None:
            _calls.record("prisma", words)
            print("prisma (stand-in): no client is generated")
            return 0
        with _connect(asked.schema, words) as connection:
            print(f"prisma (stand-in): {asked.act(connection, asked)}")
    except (SchemaError, MigrationError) as error:
        print(f"prisma (stand-in): {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="prisma", allow_abbrev=False)
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--schema", type=Path, default=_SCHEMA)
    commands = parser.add_subparsers(required=True)
    migrate = commands.add_parser("migrate", allow_abbrev=False).add_subparsers(required=True)
    _add(migrate, "deploy", common, _deploy)
    which = _add(migrate, "resolve", common, _resolve).add_mutually_exclusive_group(required=True)
    which.add_argument("--applied")
    which.add_argument("--rolled-back")
    database = commands.add_parser("db", allow_abbrev=False).add_subparsers(required=True)
    push = _add(database, "push", common, _push)
    push.add_argument("--accept-data-loss", action="store_true")
    push.add_argument("--skip-generate", action="store_true")
    _add(commands, "generate", common, None)
    return parser


_Act = Callable[[psycopg.Connection, argparse.Namespace], str]


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    common: argparse.ArgumentParser,
    act: _Act | None,
) -> argparse.ArgumentParser:
    found = commands.add_parser(name, parents=[common], allow_abbrev=False)
    found.set_defaults(act=act)
    return found


def _connect(schema: Path, words: list[str]) -> psycopg.Connection:
    """A connection that commits by itself, once the call and where it goes have been written down."""
    if not schema.is_file():
        raise SchemaError(f"there is no {schema}")
    source = datasource(schema.read_text(encoding="utf-8"), os.environ)
    try:
        where = psycopg.conninfo.conninfo_to_dict(source.url)
        facts = {key: str(where.get(key, "")) for key in ("host", "port", "dbname")}
        _calls.record("prisma", words, variable=source.variable, **facts)
        return psycopg.connect(source.url, autocommit=True, connect_timeout=_SECONDS)
    except psycopg.ProgrammingError:
        raise SchemaError(f"P1012: {source.variable} is no address of a PostgreSQL database") from None
    except psycopg.OperationalError as error:
        raise SchemaError(f"P1001: the database of {source.variable} cannot be reached: {error}") from None


def _deploy(connection: psycopg.Connection, asked: argparse.Namespace) -> str:
    applied = migrations.deploy(connection, _found(asked))
    return f"applied: {', '.join(applied)}" if applied else "no pending migrations"


def _resolve(connection: psycopg.Connection, asked: argparse.Namespace) -> str:
    name = asked.applied or asked.rolled_back
    migrations.resolve(connection, name, _found(asked), applied=asked.applied is not None)
    return f"{name} is resolved"


def _found(asked: argparse.Namespace) -> list[scripts.Migration]:
    return scripts.read(asked.schema.parent / "migrations")


def _push(connection: psycopg.Connection, asked: argparse.Namespace) -> str:
    script = asked.schema.parent / "push.sql"
    if not script.is_file():
        raise SchemaError(f"there is no {script}, which this stand-in pushes in place of the schema")
    try:
        connection.execute(script.read_bytes())
    except psycopg.Error as error:
        raise MigrationError(f"the push failed, and nothing of it is there: {str(error).strip()}") from error
    return "the database has the schema"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
