"""What a command tells the program that it runs: what to suppose in a preview, and what an up may lose of the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SUPPOSED = "NAILIT_SUPPOSED"
MAY_LOSE = "NAILIT_MAY_LOSE"  # set where nobody has looked at a preview, to one of what follows
TURNED_BACK = "NAILIT_TURNED_BACK"  # set in a preview, to anything, of the settings after a turn-back
NOTHING, OVERWRITTEN = "nothing", "overwritten"  # the latter is what a reset that was asked for overwrites


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
