"""What changed between two sets of properties, property by property. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from localcloud.providers.values import UNKNOWN, Values, reveal

Kind = Literal["ADD", "DELETE", "UPDATE"]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def changes(old: Values, new: Values) -> dict[str, Kind]:
    """Each changed place by its property path, as Pulumi writes it (`environmentVariables.KEY`, `triggers[0]`)."""
    return {
        path: kind for name in sorted({*old, *new}) for path, kind in _compare(name, _at(old, name), _at(new, name))
    }


def _at(values: Values, name: str) -> Any:
    value = reveal(values.get(name))
    return value if value not in ({}, []) else None


def _compare(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    """A value that is not known yet counts as changed."""
    if old == new and new is not UNKNOWN:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _compare(f"{path}{_step(key)}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _compare(f"{path}[{index}]", _item(old, index), _item(new, index))
    else:
        yield path, "ADD" if old is None else "DELETE" if new is None else "UPDATE"


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None


def _step(key: str) -> str:
    return f".{key}" if _PLAIN.fullmatch(key) else '["' + key.replace('"', '\\"') + '"]'


def top(path: str) -> str:
    """The property that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def without(found: Mapping[str, Kind], ignored: Sequence[str]) -> dict[str, Kind]:
    """The changes but those at, or below, a path that the program ignores."""

    def is_ignored(path: str) -> bool:
        return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in ignored)

    return {path: kind for path, kind in found.items() if not is_ignored(path)}
