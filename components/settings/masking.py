"""The masking rules of an anonymized database, as the stack files have them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from components.settings.shapes import Section, Text

_LITERAL = re.compile(r"'(?:[^']|'')*'|[-+]?\d+(?:\.\d+)?|(?i:null|true|false)")


def _literal(value: str) -> str:
    if not _LITERAL.fullmatch(value):
        raise ValueError("must be a literal as SQL has it: a number, null, true, false, or text in single quotes")
    return value


# YAML's own null is SQL's, too.
SqlLiteral = Annotated[
    Text, AfterValidator(_literal), BeforeValidator(lambda value: "NULL" if value is None else value)
]


class MaskingSettings(Section):
    """A column, and what it is overwritten with: a call of PostgreSQL Anonymizer, or an SQL literal."""

    database: str | None = Field(default=None, min_length=1)
    schema_name: str = Field(default="public", alias="schema", min_length=1)
    table: str = Field(min_length=1)
    column: str = Field(min_length=1)
    function: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*\.[A-Za-z_]\w*\([^;]*\)$")
    value: SqlLiteral = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.value) == (self.function is not None):
            raise ValueError("needs one of function, such as anon.fake_email(), and value")
        return self
