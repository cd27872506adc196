"""Values of properties as the protocol knows them: plain, secret, or not known yet. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Values = Mapping[str, Any]
"""Properties by name. Values are JSON's types, `Secret` and `UNKNOWN`."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must be kept encrypted in state and hidden in output. Its repr does not show it."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


class _Unknown:
    """The value of what will be known only after an update; there is one such object."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


def reveal(value: Any) -> Any:
    """The value with every secret taken out of its wrapper."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    """Whether there is a secret anywhere in it."""
    if isinstance(value, Mapping):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret)


def has_unknown(value: Any) -> bool:
    """Whether any part of it is not known yet."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def mark(value: Any, like: Any) -> Any:
    """The plain value made secret where `like` is; a list with any secret in it is secret as a whole."""
    if isinstance(value, Mapping) and isinstance(like, Mapping):
        return {key: mark(item, like.get(key)) for key, item in value.items()}
    return Secret(value) if has_secret(like) and not isinstance(value, Secret) else value


def mark_all(values: Values, like: Values, always: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Properties made secret where those of the same name are, or where `always` names them."""
    return {
        name: Secret(reveal(value)) if name in always and value is not None else mark(value, like.get(name))
        for name, value in values.items()
    }
