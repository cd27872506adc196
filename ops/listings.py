"""What an environment is made of, printed: its variables with their sources, its outputs for builds elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from components.listing import Entry, list_entries
from components.preflight.hosting import find_app
from components.preflight.sources import SourceFindings, check_stored, readers
from components.settings.problems import report
from components.settings.rules import kept_problems, rule_problems
from components.settings.sources import FromParameter
from components.variables import kept_variables
from hosting.lookups import branch_of
from ops.progress import insist
from ops.pulumi import OpsError, Pulumi
from ops.tables import columns
from ops.target import StackSettings, read_settings

HIDDEN = "[secret]"  # what the CLI prints in place of a secret, and so do we


class Format(StrEnum):
    JSON = "json"
    DOTENV = "dotenv"
    GITHUB = "github"


def entries_of(pulumi: Pulumi) -> list[Entry]:
    """Every variable and parameter. Raises OpsError with all that is wrong with the settings, and for credentials of
    another account than theirs. Waits while AWS is too busy."""
    read = read_settings(pulumi)
    found = insist(lambda: _read_variables(read))
    problems = [*read.problems, *rule_problems(read.draft, read.identity, datetime.now(UTC)), *found.problems]
    if problems:
        raise OpsError(report(problems))
    kept = insist(lambda: _kept(pulumi, read))
    missing = list(kept_problems(read.draft, read.identity, kept))
    if missing:
        raise OpsError(report(missing))
    return list_entries(read.identity, read.draft.complete(), found.values, kept)


def _kept(pulumi: Pulumi, read: StackSettings) -> dict[str, str]:
    """What an adopted branch keeps, or will; only where there may be some is AWS asked. A branch that is not there is
    for an up to tell."""
    settings = read.draft.complete()
    if not settings.environment.adopt or settings.environment.adopt_variables == "replace":
        return {}
    aws = read.permitted_aws()
    app, problems = find_app(settings.app, read.identity, aws)
    if problems:
        raise OpsError(report(problems))
    branch = None if app is None else branch_of(aws, app.id, settings.environment.git_branch)
    if branch is None:
        return {}
    adopting = not read.identity.owns(branch.tags) or "git_branch" not in pulumi.json("stack", "output", "--json")
    return kept_variables(branch.variables, settings, adopting=adopting)


def _read_variables(read: StackSettings) -> SourceFindings:
    """Values of the variables that are kept in SSM; AWS is not asked when there are none."""
    kept = [one for one in readers(read.draft) if one.plain and isinstance(one.source, FromParameter)]
    return check_stored(kept, read.identity.project, read.permitted_aws()) if kept else SourceFindings()


def table(entries: list[Entry]) -> str:
    """One line each; what is secret has no value here."""
    rows = [("key", "kind", "source", "value")]
    rows += [
        (one.key + ("*" if one.required else ""), one.kind, one.source, HIDDEN if one.value is None else one.value)
        for one in entries
    ]
    return f"{columns(rows)}\n\n* required"


def formatted(outputs: Mapping[str, Any], kind: Format) -> str:
    """The outputs as text: one JSON object, lines for a dotenv file, or lines for GitHub's output file."""
    if kind is Format.JSON:
        return json.dumps(outputs, indent=2, sort_keys=True)
    line = _dotenv if kind is Format.DOTENV else _github
    return "\n".join(line(key, _text(value)) for key, value in sorted(outputs.items()))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True).replace("'", "\\u0027")


def _dotenv(key: str, value: str) -> str:
    """Between single quotes nothing has a meaning, neither to a shell nor to libraries for such files, but for two
    backslashes, and one before the closing quote. Between double quotes each has ideas of its own. Raises OpsError for
    what no spelling has all of them read alike."""
    if "'" not in value and not re.search(r"\r|\\\\|\\\Z", value):
        return f"{key.upper()}='{value}'"
    if not re.search(r'[\r\\"$`]', value):
        return f'{key.upper()}="{value}"'
    raise OpsError(
        f"the output {key} holds quotes, backslashes or carriage returns that shells and dotenv libraries read each in "
        "its own way: take --format json"
    )


def masked(value: Any) -> str:
    """The command that has GitHub hide a value, and each line of it, from its logs."""
    text = _text(value)
    for character in "%\r\n":
        text = text.replace(character, f"%{ord(character):02X}")
    return f"::add-mask::{text}"


def _github(key: str, value: str) -> str:
    if "\n" not in value:
        return f"{key}={value}"
    end = "END_OF_VALUE"
    while end in value:
        end += "_"
    return f"{key}<<{end}\n{value}\n{end}"
