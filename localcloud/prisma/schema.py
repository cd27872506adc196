"""Of a schema.prisma, the datasource alone: where the database is. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_DATASOURCE = re.compile(r"datasource\s+\w+\s*\{(.*?)\}", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*")
_ENTRY = re.compile(r"""(\w+)\s*=\s*(?:env\(\s*"(\w+)"\s*\)|"([^"]*)")""")
_ONLY_PRISMAS = frozenset(
    {
        *("schema", "pgbouncer", "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size"),
        *("sslaccept", "sslidentity", "sslpassword"),
    }
)


class SchemaError(Exception):
    """The schema does not say where the database is; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datasource:
    """`variable` is the name of the environment variable that holds `url`."""

    variable: str
    url: str = field(repr=False)


def datasource(schema: str, environment: Mapping[str, str]) -> Datasource:
    """Where migrations go: `directUrl`, else `url`.

    Raises:
        SchemaError: without a PostgreSQL datasource, and where a variable that it names is not set.
    """
    block = _DATASOURCE.search(_COMMENT.sub("", schema))
    entries = {name: (variable, text) for name, variable, text in _ENTRY.findall(block[1])} if block else {}
    provider = entries.get("provider", ("", ""))[1]
    if provider not in ("postgresql", "postgres"):
        raise SchemaError(f"P1012: the datasource's provider is {provider or 'missing'}, and here it can be postgresql")
    for name in ("url", "directUrl"):
        variable = entries.get(name, ("", ""))[0]
        if name in entries and not environment.get(variable):
            raise SchemaError(f"P1012: the variable {variable or '(none)'} of the datasource's {name} is not set")
    if "url" not in entries:
        raise SchemaError("P1012: the datasource has no url")
    variable = entries.get("directUrl", entries["url"])[0]
    return Datasource(variable=variable, url=for_libpq(environment[variable]))


def for_libpq(url: str) -> str:
    """The address without what Prisma alone understands."""
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in _ONLY_PRISMAS]
    return urlunsplit(parts._replace(query=urlencode(kept)))
