"""Static masking by SQL, with our own versions of some functions of the extension `anon`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from psycopg import sql

from localcloud.neon.postgres import schema
from localcloud.neon.postgres.sql import Connection
from localcloud.neon.records import MaskingRule

_FIRST_NAMES = (
    "ARRAY['Ada', 'Bo', 'Cai', 'Dana', 'Eli', 'Fay', 'Gus', 'Hana', 'Ivo', 'Joy', 'Kim', 'Lou', 'Max', 'Noa']"
)
_LAST_NAMES = "ARRAY['Abel', 'Berg', 'Cruz', 'Dunn', 'Eady', 'Falk', 'Gray', 'Hahn', 'Ince', 'Jung', 'Kerr', 'Lund']"
_CITIES = "ARRAY['Ashford', 'Brookside', 'Cedar Hill', 'Dunmore', 'Eastvale', 'Fairview', 'Glenwood', 'Highgate']"
_COMPANIES = "ARRAY['Acorn Ltd', 'Birch & Co', 'Cobalt Inc', 'Dune GmbH', 'Ember SA', 'Fjord AS']"
_WORDS = "ARRAY['lorem', 'ipsum', 'dolor', 'sit', 'amet', 'elit', 'sed', 'do', 'magna', 'aliqua']"


def _one_of(array: str) -> str:
    return f"({array})[1 + floor(random() * array_length({array}, 1))::int]"


_FIRST, _LAST, _CITY, _COMPANY = map(_one_of, (_FIRST_NAMES, _LAST_NAMES, _CITIES, _COMPANIES))
_NUMBER = "lpad(floor(random() * 1000000)::text, 6, '0')"
_EMAIL = f"lower({_FIRST} || '.' || {_LAST} || {_NUMBER}) || '@example.%s'"

# By name: parameters, what is returned, and the expression. Signatures are those of the extension's reference.
FUNCTIONS: Mapping[str, tuple[str, str, str]] = {
    "fake_first_name": ("", "text", _FIRST),
    "fake_last_name": ("", "text", _LAST),
    "fake_email": ("", "text", _EMAIL % "com"),
    "fake_city": ("", "text", _CITY),
    "fake_company": ("", "text", _COMPANY),
    "dummy_first_name": ("", "text", _FIRST),
    "dummy_last_name": ("", "text", _LAST),
    "dummy_name": ("", "text", f"{_FIRST} || ' ' || {_LAST}"),
    "dummy_free_email": ("", "text", _EMAIL % "net"),
    "dummy_safe_email": ("", "text", _EMAIL % "org"),
    "dummy_phone_number": ("", "text", f"'555-' || {_NUMBER}"),
    "dummy_uuidv4": ("", "uuid", "overlay(md5(random()::text) placing '4' from 13)::uuid"),
    "random_string": (
        "l integer",
        "text",
        "(SELECT string_agg(chr(65 + floor(random() * 26)::int), '') FROM generate_series(1, l))",
    ),
    "random_int_between": (
        "int_start integer, int_stop integer",
        "integer",
        "int_start + floor(random() * (int_stop - int_start + 1))::int",
    ),
    "random_date_between": (
        "date_start timestamptz, date_end timestamptz",
        "timestamptz",
        "date_start + random() * (date_end - date_start)",
    ),
    "random_phone": ("phone_prefix text DEFAULT '0'", "text", f"phone_prefix || {_NUMBER}"),
    "partial": (
        "ov text, prefix integer, padding text, suffix integer",
        "text",
        "CASE WHEN ov IS NULL THEN NULL ELSE left(ov, prefix) || padding || right(ov, suffix) END",
    ),
    "partial_email": (
        "ov text",
        "text",
        "regexp_replace(ov, '^(.{0,2}).*@(.{0,2}).*\\.(.*)$', '\\1******@\\2******.\\3')",
    ),
    "hash": ("seed text", "text", "encode(sha256(convert_to(seed, 'UTF8')), 'hex')"),
    "lorem_ipsum": (
        "",
        "text",
        f"(SELECT string_agg({_one_of(_WORDS)}, ' ') FROM generate_series(1, 40))",  # noqa: S608 - all of it is ours
    ),
}


def apply(connection: Connection, rules: Iterable[MaskingRule], *, owner: str, seed: float | None) -> None:
    """Overwrite the columns that the rules name, in one transaction, as the database's owner."""
    with connection.transaction():
        for statement in _set_up():
            connection.execute(statement.encode())
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        if seed is not None:
            connection.execute("SELECT setseed(%s)", [seed])
        for update in _updates(rules):
            connection.execute(update)
        for view in schema.names(connection, "m"):
            connection.execute(f"REFRESH MATERIALIZED VIEW {view}".encode())


def _set_up() -> Iterable[str]:
    yield "CREATE SCHEMA IF NOT EXISTS anon"
    yield "GRANT USAGE ON SCHEMA anon TO PUBLIC"
    for name, (parameters, returned, expression) in FUNCTIONS.items():
        yield (
            f"CREATE OR REPLACE FUNCTION anon.{name}({parameters}) RETURNS {returned} LANGUAGE sql VOLATILE "
            f"SET search_path = pg_catalog AS $body$ SELECT {expression} $body$"
        )


def _updates(rules: Iterable[MaskingRule]) -> Iterable[sql.Composed]:
    def table(rule: MaskingRule) -> tuple[str, str]:
        return rule.schema_name, rule.table_name

    for (namespace, name), group in groupby(sorted(rules, key=table), table):
        columns = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(rule.column_name), sql.SQL(_expression(rule))) for rule in group
        )
        yield sql.SQL("UPDATE {}.{} SET {}").format(sql.Identifier(namespace), sql.Identifier(name), columns)


def _expression(rule: MaskingRule) -> str:
    return rule.masking_function or rule.masking_value or "NULL"
