"""What a resource will give, as far as it can be said before it is made or changed. Pure functions."""

from __future__ import annotations

from typing import Any

from localcloud.providers.table import Table
from localcloud.providers.values import UNKNOWN, Secret, Values, has_secret


def created(table: Table, inputs: Values) -> dict[str, Any]:
    """The outputs of a resource to be made: its inputs, and the computed ones as unknown."""
    tainted = table.tainted and has_secret(dict(inputs))
    unknown = {name: Secret(UNKNOWN) if tainted else UNKNOWN for name in table.computed}
    return {**unknown, **inputs, **dict.fromkeys(table.nested, UNKNOWN)}


def updated(table: Table, outputs: Values, old_inputs: Values, inputs: Values) -> dict[str, Any]:
    """The outputs of a resource to be changed: those from before, under the new inputs, what may change as unknown."""
    kept = {name: value for name, value in outputs.items() if name not in old_inputs or name in inputs}
    return {**kept, **dict.fromkeys(table.volatile, UNKNOWN), **inputs, **dict.fromkeys(table.nested, UNKNOWN)}
