"""What an environment is made of, printed: its variables with their sources, its outputs for builds elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from components.listing import Entry, list_entries
from components.naming import Identity
from components.settings.problems import report
from components.settings.reading import read_draft
from components.settings.rules import rule_problems
from ops.pulumi import OpsError, Pulumi

HIDDEN = "[secret]"  # what the CLI prints in place of a secret, and so do we


class Format(StrEnum):
    JSON = "json"
    DOTENV = "dotenv"
    GITHUB = "github"


def entries_of(pulumi: Pulumi) -> list[Entry]:
    """Every variable and parameter. Raises OpsError with all that is wrong with the settings."""
    found = pulumi.json("config", "--json", "--show-secrets")
    identity = Identity(project=_project(found), stack=pulumi.stack)
    config = {key: str(one.get("value", "")) for key, one in found.items()}
    draft, problems = read_draft(config, identity.project)
    problems += rule_problems(draft, identity, datetime.now(UTC))
    if problems:
        raise OpsError(report(problems))
    return list_entries(identity, draft.complete())


def _project(config: Mapping[str, Any]) -> str:
    named = (key.partition(":")[0] for key in config if key.endswith(":environment"))
    project = next(named, None)
    if project is None:
        raise OpsError("the stack has no environment settings: is this the project's folder?")
    return project


def table(entries: list[Entry]) -> str:
    """One line each; what is secret has no value here."""
    rows = [("key", "kind", "source", "value")]
    rows += [
        (one.key + ("*" if one.required else ""), one.kind, one.source, HIDDEN if one.value is None else one.value)
        for one in entries
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    return "\n".join([*lines, "", "* required"])


def formatted(outputs: Mapping[str, Any], kind: Format) -> str:
    """The outputs as text: one JSON object, lines for a dotenv file, or lines for GitHub's output file."""
    if kind is Format.JSON:
        return json.dumps(outputs, indent=2, sort_keys=True)
    line = _dotenv if kind is Format.DOTENV else _github
    return "\n".join(line(key, _text(value)) for key, value in sorted(outputs.items()))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _dotenv(key: str, value: str) -> str:
    """Single quotes are taken as they are by every reader of such files; double ones only where they must be."""
    if "'" not in value and "\n" not in value:
        return f"{key.upper()}='{value}'"
    return f"{key.upper()}={json.dumps(value)}"


def _github(key: str, value: str) -> str:
    if "\n" not in value:
        return f"{key}={value}"
    end = "END_OF_VALUE"
    while end in value:
        end += "_"
    return f"{key}<<{end}\n{value}\n{end}"
