"""A problem of the settings or of what they name, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from components.settings.sources import DERIVED, SSM, STACK, TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """``path`` is the key as the stack file has it, ``text`` what is wrong and what to do. Never holds a value."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def problems_of(error: ValidationError, path: str) -> list[Problem]:
    """One problem for each key; the values that were given are left out, for some of them are secret."""
    return [_problem(details, path) for details in error.errors(include_input=False, include_url=False)]


def report(problems: Iterable[Problem]) -> str:
    """All problems under one another, the order of the settings kept, none twice."""
    lines = list(dict.fromkeys(f"  {problem}" for problem in problems))
    many = f"{len(lines)} problems" if len(lines) > 1 else "a problem"
    return "\n".join([f"the settings have {many}, and nothing was changed:", *lines])


def _problem(details: ErrorDetails, path: str) -> Problem:
    keys = [str(part) for part in details["loc"] if part not in _NOT_KEYS]
    return Problem(path=".".join([path, *keys]), text=_TEXTS.get(details["type"]) or _plain(details["msg"]))


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


# pydantic names the kind of source that it tried, or the key of a mapping, among the keys
_NOT_KEYS = frozenset({"[key]", TEXT, SSM, STACK, DERIVED})
_TEXTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key: correct its name or take it out",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "tuple_type": "must be a list: [name], or a line for each with a dash before it",
}
