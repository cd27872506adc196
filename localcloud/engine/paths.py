"""Property paths (`a.b[0]["c d"]`, `*` for any) as Pulumi writes them for ignoreChanges and `config set --path`."""

from __future__ import annotations

import re
from typing import Any

from localcloud.engine.errors import CONFIGURATION, EngineError
from localcloud.engine.values import Props, is_secret

Path = tuple[str | int, ...]
_PART = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[(\*)\]')


def parse(text: str) -> Path:
    """Parse a property path; EngineError (2) when it is malformed."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or (at == 0 and text.startswith(".")):
            raise EngineError(f"invalid property path '{text}'", CONFIGURATION)
        name, index, quoted, star = match.groups()
        parts.append(int(index) if index else (name or star or quoted.replace('\\"', '"')))
        at = match.end()
    return tuple(parts)


def contains(pattern: Path, path: Path) -> bool:
    """Whether `path` is at or beneath `pattern`."""
    if len(path) < len(pattern):
        return False
    return all(want in ("*", have) for want, have in zip(pattern, path, strict=False))


def ignore_changes(news: Props, olds: Props, patterns: list[str]) -> Props:
    """Copy the inputs, with the old values at the ignored paths; a value that was not there before is dropped."""
    result: Props = news
    for pattern in patterns:
        result = _reset(result, olds, parse(pattern))
    return result


def _reset(new: Any, old: Any, path: Path) -> Any:
    if not path:
        return old
    if is_secret(new):
        return {**new, "value": _reset(new["value"], old, path)}
    if is_secret(old):
        return _reset(new, old["value"], path)
    if isinstance(new, dict):
        return _reset_object(new, old if isinstance(old, dict) else {}, path)
    if isinstance(new, list) and isinstance(old, list):
        return [_reset_item(new, old, i, path) for i in range(len(new))]
    return new


def _reset_object(new: Props, old: Props, path: Path) -> Props:
    result = dict(new)
    for key in set(new) | set(old) if path[0] == "*" else {str(path[0])}:
        if len(path) > 1 and key in new:
            result[key] = _reset(new[key], old.get(key), path[1:])
        elif len(path) == 1 and key in old:
            result[key] = old[key]
        elif len(path) == 1:
            result.pop(key, None)
    return result


def _reset_item(new: list[Any], old: list[Any], index: int, path: Path) -> Any:
    if path[0] not in ("*", index) or index >= len(old):
        return new[index]
    return _reset(new[index], old[index], path[1:])


def assign(target: Any, path: Path, value: Any) -> Any:
    """Copy a tree of objects and arrays with `value` at `path`; an array grows by one at most."""
    if not path:
        return value
    key = path[0]
    if isinstance(key, int):
        items = list(target) if isinstance(target, list) else []
        if key > len(items):
            raise EngineError(f"array index {key} is out of range: the array has {len(items)} items", CONFIGURATION)
        return [*items[:key], assign(items[key] if key < len(items) else None, path[1:], value), *items[key + 1 :]]
    if target is not None and (not isinstance(target, dict) or "secure" in target):
        raise EngineError(f"an object was expected where key '{key}' is to be set", CONFIGURATION)
    found = target or {}
    return {**found, key: assign(found.get(key), path[1:], value)}


def lookup(target: Any, path: Path) -> Any:
    """Give what is at a path, or None."""
    for key in path:
        if isinstance(target, dict) and key in target:
            target = target[str(key)]
        elif isinstance(target, list) and isinstance(key, int) and key < len(target):
            target = target[key]
        else:
            return None
    return target


def remove(target: Any, path: Path) -> Any:
    """Copy a tree without what is at a path; an absent one is no error."""
    if lookup(target, path) is None:
        return target
    key, rest = path[0], path[1:]
    if isinstance(target, list):
        return [remove(v, rest) if i == key else v for i, v in enumerate(target) if i != key or rest]
    return {k: remove(v, rest) if k == key else v for k, v in target.items() if k != key or rest}
