"""What a type of resource takes and gives, as a table, and the checks that follow from it. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.providers.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an input is not taken."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One type of resource.

    `refused` are inputs of the real plugin that the stand-in does not model. `replaces` are inputs whose change makes a
    new resource. `secrets` are properties that are always secret. `computed` are outputs that no input of that name
    gives; `volatile` are those of them that an update may change. Of `nested` inputs the service computes parts, so
    they are not known as outputs until it has. With `tainted`, one secret input makes every computed output secret.
    `autoname` is the input that gets a name when the program gives none.
    """

    type: str
    inputs: frozenset[str]
    refused: frozenset[str] = frozenset()
    required: Sequence[str] = ()
    replaces: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    computed: Sequence[str] = ()
    volatile: frozenset[str] = frozenset()
    nested: frozenset[str] = frozenset()
    tainted: bool = False
    autoname: str | None = None


def check(table: Table, inputs: Values) -> list[Failure]:
    """What is wrong with the names of the inputs."""
    missing = [_missing(table, name) for name in table.required if inputs.get(name) is None]
    strange = [_strange(table, name) for name in inputs if name not in table.inputs]
    return missing + strange


def _missing(table: Table, name: str) -> Failure:
    return Failure(property=name, reason=f"Missing required property '{name}' of {table.type}")


def _strange(table: Table, name: str) -> Failure:
    if name in table.refused:
        reason = f"'{name}' of {table.type} is not in this stand-in, which is for trying a program without AWS"
        return Failure(property=name, reason=reason)
    known = ", ".join(sorted(table.inputs))
    return Failure(property=name, reason=f"{table.type} has no input '{name}'; it has {known}")


def named(table: Table, name: str, old: Values, new: Values, seed: bytes) -> Values:
    """The inputs with a name given where the program gives none: the one from before, or the resource's with a tail."""
    key = table.autoname
    if key is None or key in new:
        return new
    tail = hashlib.sha256(seed + name.encode()).hexdigest()[:7]
    return {**new, key: old.get(key) or f"{name}-{tail}"}
