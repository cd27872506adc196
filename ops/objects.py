"""Fields of an object in the configuration, as `pulumi config set --path` takes them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def object_of(config: Mapping[str, Mapping[str, Any]], section: str) -> Mapping[str, Any]:
    """The fields of the project's ``section`` among what `config --json` prints; none where it holds a secret."""
    found = next((one for key, one in config.items() if key.endswith(f":{section}")), {}).get("objectValue")
    return found if isinstance(found, Mapping) else {}


def dropped(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that were there, and are not any more."""
    return {name: value for name, value in before.items() if name not in after}


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each single value in ``value`` with its path and its text, in their order."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from leaves(one, f'{path}["{name}"]')
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}[{place}]")
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)
