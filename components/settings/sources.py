"""Where the value of a variable or of a parameter comes from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, SecretStr, Tag

from components.settings.shapes import Key, ParameterName, Section, Text


class FromParameter(Section):
    """A value that somebody keeps in SSM; read at every preview and up."""

    ssm: ParameterName


class FromStack(Section):
    """An output of another stack, named ``project/stack`` (or ``organization/project/stack``)."""

    stack: str = Field(pattern=r"^[^/]+/[^/]+(/[^/]+)?$")
    output: str = Field(min_length=1)


class Fact(StrEnum):
    """What the program knows of an environment: its address, its Amplify app's id, its parameters' prefix."""

    URL = "url"
    APP_ID = "app_id"
    PREFIX = "prefix"


class FromProgram(Section):
    derived: Fact


# pydantic puts the tag among the keys of an error; a key of a stack file has no brackets.
TEXT, SSM, STACK, DERIVED = "[text]", "[ssm]", "[stack]", "[derived]"


def _kind(value: Any) -> str:
    if not isinstance(value, Mapping):
        return TEXT
    return SSM if "ssm" in value else DERIVED if "derived" in value else STACK


_SSM = Annotated[FromParameter, Tag(SSM)]
_STACK = Annotated[FromStack, Tag(STACK)]
Source = Annotated[
    Annotated[Text, Tag(TEXT)] | _SSM | _STACK | Annotated[FromProgram, Tag(DERIVED)], Discriminator(_kind)
]
SecretSource = Annotated[
    _SSM | _STACK,
    Discriminator(
        _kind,
        custom_error_type="kept_elsewhere",
        custom_error_message="must name where its value is kept: ssm, or stack and output (a value goes to secrets)",
    ),
]

Variables = dict[Key, Source | None]
Parameters = dict[Key, SecretSource]
Secrets = dict[Key, SecretStr]
