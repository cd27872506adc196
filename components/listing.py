"""Every variable and parameter of an environment with its source, for people to read. Pure; holds no secret value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.build_variables import BACKEND_STACK
from components.naming import Identity
from components.settings.channels import Channel
from components.settings.models import Settings
from components.settings.sources import Fact, FromParameter, FromProgram, FromStack, Source
from components.variables import ADDRESS, KEPT, Known, branch_variables, layer_of, layered, parameter_keys

AMPLIFYS_ADDRESS = "(Amplify's address of the branch)"
AMPLIFYS_ID = "(the Amplify app's id)"
AMPLIFYS_STACK = "(named after the Amplify app's id)"
DERIVED = "(known to builds)"
ELSEWHERE = "(read at every up)"
BY_HAND = "kept: set by hand before adoption"
_FACTS = {Fact.URL: "the environment's address", Fact.APP_ID: "the Amplify app", Fact.PREFIX: "the program"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``value`` is None for what is secret, or may be: parameters, which stay in SSM, and what was set by hand."""

    key: str
    kind: str
    source: str
    value: str | None = None
    required: bool = False


def list_entries(
    identity: Identity, settings: Settings, elsewhere: Mapping[str, str], kept: Mapping[str, str] | None = None
) -> list[Entry]:
    """Variables first, then parameters, each in the order of their names; ``elsewhere`` as far as it was read,
    ``kept`` are those that an adopted branch keeps (see `kept_variables`)."""
    kept = kept or {}
    every = [*_variables(identity, settings, elsewhere, kept), *_kept(kept)]
    variables = sorted(every, key=lambda entry: entry.key)
    return [*variables, *_derived(settings), *_parameters(settings)]


def _variables(
    identity: Identity, settings: Settings, elsewhere: Mapping[str, str], kept: Mapping[str, str]
) -> Iterator[Entry]:
    sources = layered(settings.common_variables, settings.variables)
    known = Known(
        url=settings.environment.url or AMPLIFYS_ADDRESS,
        app_id=settings.app.id or AMPLIFYS_ID,
        elsewhere={**dict.fromkeys(sources, ELSEWHERE), **elsewhere},
        kept=kept,
    )
    for key, value in branch_variables(identity, settings, known).items():
        source = _variable_source(key, sources.get(key), settings)
        text = AMPLIFYS_STACK if key == BACKEND_STACK and settings.app.id is None else str(value)
        yield Entry(key=key, kind="variable", source=source, value=text, required=key in settings.required)


def _kept(kept: Mapping[str, str]) -> Iterator[Entry]:
    for key, value in kept.items():
        ours = key == KEPT
        yield Entry(key=key, kind="variable", source="the program" if ours else BY_HAND, value=value if ours else None)


def _derived(settings: Settings) -> Iterator[Entry]:
    """What builds derive from the backend, when it is there."""
    for key, purpose in sorted(settings.application.backend_variables.items()):
        source, required = f"the backend's {purpose}", key in settings.required
        yield Entry(key=key, kind="in builds", source=source, value=DERIVED, required=required)


def _variable_source(key: str, source: Source | None, settings: Settings) -> str:
    if key == ADDRESS and settings.environment.url:
        return "environment.url"
    if source is None:
        return "the program"
    return layer_of(key, settings.variables) if isinstance(source, str) else _elsewhere(source)


def _parameters(settings: Settings) -> Iterator[Entry]:
    for key in sorted(parameter_keys(settings.database, settings.parameters, dict(settings.secrets))):
        source = _parameter_source(key, settings) + _copies(key, settings)
        yield Entry(key=key, kind="parameter", source=source, required=key in settings.required)


def _parameter_source(key: str, settings: Settings) -> str:
    if key in settings.secrets:
        return "secrets of the stack file"
    return _elsewhere(settings.parameters[key]) if key in settings.parameters else "the database"


def _copies(key: str, settings: Settings) -> str:
    channels = [channel for channel in Channel if key in settings.copied(channel)]
    return f" (also for {', '.join(channels)})" if channels else ""


def _elsewhere(source: FromParameter | FromStack | FromProgram) -> str:
    if isinstance(source, FromProgram):
        return _FACTS[source.derived]
    return f"SSM {source.ssm}" if isinstance(source, FromParameter) else f"{source.output} of the stack {source.stack}"
