"""The names of actions: how a request says which it is for, and which change something. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from werkzeug.wrappers import Request

_READING: Final = ("Get", "List", "Describe", "BatchGet", "Query", "Scan", "TransactGet")
_QUERY_SERVICES: Final = frozenset({"cloudformation", "iam", "sts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The actions of a service that are let through to moto."""

    reads: frozenset[str]
    writes: frozenset[str] = frozenset()

    def __contains__(self, action: str) -> bool:
        return action in self.reads or action in self.writes


def named(service: str, request: Request) -> str:
    """The action in a request to a service of the query protocol, else in its X-Amz-Target; empty without one."""
    if service in _QUERY_SERVICES:
        return form(request).get("Action", "")
    return request.headers.get("X-Amz-Target", "").rpartition(".")[2]


def form(request: Request) -> dict[str, str]:
    """The members of a request of the query protocol: `Tags.member.1.Key` and so on, each once."""
    texts = parse_qs(request.get_data(as_text=True), keep_blank_values=True) or request.args.to_dict(flat=False)
    return {name: values[0] for name, values in texts.items()}


def is_mutating(action: str) -> bool:
    """Whether an action of AWS changes something, by its name."""
    return bool(action) and not action.startswith(_READING)
