"""Property values as plain JSON, in which a secret, an unknown and an output are what Pulumi's wire format says.

A secret is `{SIGNATURE: SECRET, "value": v}`; an unknown is one of a few reserved strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Props = dict[str, Any]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the format, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def secret(value: Any) -> dict[str, Any]:
    """Mark a value as secret; a secret stays as it is."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def is_unknown(value: Any) -> bool:
    return isinstance(value, str) and value in UNKNOWNS


def _holds(value: Any, wanted: Callable[[Any], bool]) -> bool:
    if wanted(value):
        return True
    if isinstance(value, dict):
        return any(_holds(item, wanted) for item in value.values())
    return isinstance(value, list) and any(_holds(item, wanted) for item in value)


def has_secret(value: Any) -> bool:
    return _holds(value, is_secret)


def has_unknown(value: Any) -> bool:
    return _holds(value, is_unknown)


def map_secrets(value: Any, replace: Callable[[Any], Any]) -> Any:
    """Copy a value, with each outermost secret replaced by what `replace` makes of its content."""
    if is_secret(value):
        return replace(value["value"])
    if isinstance(value, dict):
        return {key: map_secrets(item, replace) for key, item in value.items()}
    return [map_secrets(item, replace) for item in value] if isinstance(value, list) else value


def reveal(value: Any) -> Any:
    """Copy a value with its secrets in clear."""
    return map_secrets(value, reveal)


def redact(value: Any) -> Any:
    """Copy a value with `[secret]` in place of secrets."""
    return map_secrets(value, lambda _: "[secret]")


def lower_outputs(value: Any) -> Any:
    """Turn output values of the wire into plain, secret or unknown ones; their dependencies travel beside them."""
    if isinstance(value, list):
        return [lower_outputs(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) != OUTPUT:
        return {key: lower_outputs(item) for key, item in value.items()}
    content = lower_outputs(value["value"]) if "value" in value else UNKNOWN
    return secret(content) if value.get("secret") else content


def annotate_secrets(outs: Props, ins: Mapping[str, Any]) -> None:
    """Mark in `outs` what is secret under the same key in `ins`, for providers that know no secrets."""
    for key, given in ins.items():
        if key not in outs:
            continue
        if _plain_object(outs[key]) and _plain_object(given):
            annotate_secrets(outs[key], given)
        elif has_secret(given):
            outs[key] = secret(outs[key])


def _plain_object(value: Any) -> bool:
    return isinstance(value, dict) and SIGNATURE not in value


def same(one: Any, other: Any) -> bool:
    """Deep equality in which an absent property and a null one are alike, as in Pulumi."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def leaf_changes(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
    """Tell what differs between two values without secrets, by path: "add", "delete" or "update"."""
    if same(old, new):
        return {}
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        return {p: k for key in keys for p, k in leaf_changes(old.get(key), new.get(key), (*path, key)).items()}
    if isinstance(old, list) and isinstance(new, list):
        at = [
            (old[i] if i < len(old) else None, new[i] if i < len(new) else None) for i in range(max(len(old), len(new)))
        ]
        return {p: k for i, (a, b) in enumerate(at) for p, k in leaf_changes(a, b, (*path, i)).items()}
    return {path: "add" if old is None else "delete" if new is None else "update"}
