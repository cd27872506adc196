"""Every variable and parameter of an environment with its source, for people to read. Pure; holds no secret value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components.naming import Identity
from components.settings.models import FromStack, Settings
from components.variables import ADDRESS, branch_variables, layered, parameter_keys

AMPLIFYS_ADDRESS = "(Amplify's address of the branch)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``value`` is None for what is secret: those are parameters, and stay in SSM."""

    key: str
    kind: str
    source: str
    value: str | None = None
    required: bool = False


def list_entries(identity: Identity, settings: Settings) -> list[Entry]:
    """Variables first, then parameters, each in the order of their names."""
    return [*_variables(identity, settings), *_parameters(settings)]


def _variables(identity: Identity, settings: Settings) -> Iterator[Entry]:
    address = settings.environment.url or AMPLIFYS_ADDRESS
    own, common = layered({}, settings.variables), layered(settings.common_variables, {})
    for key, value in branch_variables(identity, settings, address).items():
        source = "variables" if key in own else "common_variables" if key in common else "the program"
        if key == ADDRESS and settings.environment.url:
            source = "environment.url"
        yield Entry(key=key, kind="variable", source=source, value=str(value), required=key in settings.required)


def _parameters(settings: Settings) -> Iterator[Entry]:
    for key in sorted(parameter_keys(settings.database, settings.parameters, dict(settings.secrets))):
        yield Entry(key=key, kind="parameter", source=_source(key, settings), required=key in settings.required)


def _source(key: str, settings: Settings) -> str:
    if key in settings.secrets:
        return "secrets of the stack file"
    if key not in settings.parameters:
        return "the database"
    source = settings.parameters[key]
    return f"{source.output} of the stack {source.stack}" if isinstance(source, FromStack) else f"SSM {source.ssm}"
