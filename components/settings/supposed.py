"""What a preview is to suppose of the settings: so that a command can show what follows before it writes anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SUPPOSED = "NAILIT_SUPPOSED"
LOSING_NOTHING = "NAILIT_LOSING_NOTHING"  # set for an up that nobody was shown the preview of


def supposition(path: str, value: str) -> dict[str, str]:
    """The environment of a preview with another value at ``path``, such as ``database.fresh_after``."""
    return {SUPPOSED: json.dumps({path: value})}


def with_supposed(config: Mapping[str, Any], project: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """The stack's configuration with what ``environment`` supposes, as if it stood in the stack file."""
    found = dict(config)
    for path, value in json.loads(environment.get(SUPPOSED) or "{}").items():
        section, _, name = path.partition(".")
        key = f"{project}:{section}"
        found[key] = json.dumps({**json.loads(found.get(key) or "{}"), name: value})
    return found
