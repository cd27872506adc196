"""What variables and parameters name that is kept elsewhere: SSM parameters, and outputs of other stacks.

A variable's value is read here, before anything is registered: it is plain, so a preview can show what becomes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.settings.problems import Problem
from components.settings.reading import Draft
from components.settings.rules import secret_faults, variable_faults
from components.settings.sources import FromParameter, Source
from components.variables import layer_of, layered
from hosting.clients import Aws
from hosting.lookups import StoredParameter, stored_parameters

_NEW_APP = "app.create"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFindings:
    """``values`` are those of variables, by key. No value of a parameter is kept."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A key whose value is kept elsewhere; ``setting`` is the one that says so, such as ``variables``."""

    key: str
    setting: str
    source: Source

    @property
    def plain(self) -> bool:
        """Whether its value will be for everybody to see."""
        return self.setting not in ("parameters", _NEW_APP)

    def problem(self, text: str, project: str) -> Problem:
        return Problem(path=f"{project}:{self.setting}.{self.key}", text=text)

    def faults(self, value: str) -> Iterator[str]:
        """What is wrong with a value that was found."""
        return variable_faults(self.key, value) if self.plain else secret_faults(value)


def readers(draft: Draft) -> list[Reader]:
    """Every key with a source, variables in the layer that counts."""
    own = draft.variables or {}
    variables = layered(draft.common_variables or {}, own)
    found = [Reader(key=key, setting=layer_of(key, own), source=source) for key, source in variables.items()]
    kept = (draft.parameters or {}).items()
    found += [Reader(key=key, setting="parameters", source=source) for key, source in kept]
    token = draft.app.create.token if draft.app and draft.app.create else None
    return [*found, *([] if token is None else [Reader(key="token", setting=_NEW_APP, source=token)])]


def as_text(value: Any) -> str:
    """What a variable or a parameter holds: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def check_stored(wanted: Iterable[Reader], project: str, aws: Aws) -> SourceFindings:
    """The SSM parameters that ``wanted`` name. Raises HostingError when SSM cannot be read."""
    named = [(one, one.source.ssm) for one in wanted if isinstance(one.source, FromParameter)]
    stored = stored_parameters(aws, (name for _, name in named))
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for reader, name in named:
        faults = _stored_faults(reader, name, stored.get(name))
        problems += [reader.problem(text, project) for text in faults]
        if not faults and reader.plain:
            values[reader.key] = stored[name].value
    return SourceFindings(values=values, problems=tuple(problems))


def _stored_faults(reader: Reader, name: str, found: StoredParameter | None) -> list[str]:
    if found is None:
        return [f"there is no SSM parameter {name}: set it once, for example with `aws ssm put-parameter`"]
    if reader.plain and found.secret:
        return [f"{name} is a SecureString, and a variable is plain: make {reader.key} one of the parameters instead"]
    return [f"{name} {text}" for text in reader.faults(found.value)]
