"""From the engine's configuration (key to text) to settings, each section judged apart so that all problems show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from components.settings.application import ApplicationSettings
from components.settings.channels import Channel
from components.settings.models import (
    AppSettings,
    BackendSettings,
    BuildSettings,
    DatabaseSettings,
    EnvironmentSettings,
    Keys,
    Settings,
)
from components.settings.namespaces import unread
from components.settings.problems import Problem, problems_of
from components.settings.sources import Parameters, Secrets, Variables

_SECTIONS: dict[str, Any] = {
    "environment": EnvironmentSettings,
    "app": AppSettings,
    "application": ApplicationSettings,
    "backend": BackendSettings,
    "database": DatabaseSettings,
    "build": BuildSettings,
    "common_variables": Variables,
    "variables": Variables,
    "parameters": Parameters,
    "secrets": Secrets,
    "required": Keys,
    "build_secrets": Keys,
    "branch_secrets": Keys,
}
_EMPTY = dict.fromkeys(("required", *Channel), "[]")
_OPTIONAL = frozenset({"database"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Settings as far as they are valid: a section with a problem is None. The pre-flight checks what there is.

    ``wrong`` are the keys of those with a problem: a database may also be None because there is none.
    """

    environment: EnvironmentSettings | None
    app: AppSettings | None
    application: ApplicationSettings | None
    backend: BackendSettings | None
    database: DatabaseSettings | None
    build: BuildSettings | None
    common_variables: Variables | None
    variables: Variables | None
    parameters: Parameters | None
    secrets: Secrets | None
    required: Keys | None
    build_secrets: Keys | None
    branch_secrets: Keys | None
    wrong: frozenset[str] = frozenset()

    def copied(self, channel: Channel) -> list[str]:
        """Keys of the parameters that are copied to where ``channel`` is read."""
        return getattr(self, channel) or []

    def complete(self) -> Settings:
        """The settings of a draft without problems."""
        return Settings.model_construct(**{key: getattr(self, key) for key in _SECTIONS})


def read_draft(config: Mapping[str, str], project: str) -> tuple[Draft, list[Problem]]:
    """The sections of ``config``'s keys ``<project>:...``, and what is wrong with them, also keys that nobody
    reads."""
    mine = {key.partition(":")[2]: text for key, text in config.items() if key.startswith(f"{project}:")}
    problems = [
        Problem(path=f"{project}:{key}", text="is not a known key: correct its name or take it out")
        for key in sorted(mine.keys() - _SECTIONS.keys())
    ]
    problems += unread(config, project, _SECTIONS.keys())
    sections: dict[str, Any] = {}
    wrong = set()
    for key, kind in _SECTIONS.items():
        sections[key], found = _section(
            f"{project}:{key}", kind, mine.get(key, _EMPTY.get(key, "{}")), key in _OPTIONAL
        )
        problems += found
        wrong |= {key} if found else set()
    return Draft(**sections, wrong=frozenset(wrong)), problems


def read_accounts(text: str | None) -> tuple[tuple[str, ...], list[Problem]]:
    """AWS's allowed accounts, as text whether they were quoted or not; none allows all."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        found = None
    if isinstance(found, list) and all(isinstance(one, str | int) for one in found):
        return tuple(map(str, found)), []
    return (), [Problem(path="aws:allowedAccountIds", text="must be a list of account ids, each in quotes")]


def _section(path: str, kind: Any, text: str, optional: bool) -> tuple[Any, list[Problem]]:
    try:
        data = json.loads(text)
    except ValueError:
        return None, [Problem(path=path, text="must be an object, not a single value")]
    if optional and data == {}:
        return None, []
    try:
        return _adapter(kind).validate_python(data), []
    except ValidationError as error:
        return None, problems_of(error, path)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made once for each kind: every stack file of the folder is read with the same ones."""
    return TypeAdapter(kind)
