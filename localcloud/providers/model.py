"""What a package and its resources must be able to do. The servicer does the rest, the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from localcloud.providers.table import Failure, Table
from localcloud.providers.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do to one resource. All values are known and none is wrapped as a secret.

    `inputs` are the new ones; `changed` names the inputs that differ from `old_inputs`; `outputs` are those in state.
    """

    urn: str
    id: str = ""
    inputs: Values
    old_inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A resource as it is found: what a program would have to say to get it, and what it gives."""

    id: str
    inputs: Values
    outputs: Values


class Resource(Protocol):
    """A type of resource. Every method may raise ProviderError."""

    @property
    def table(self) -> Table: ...

    def check(self, inputs: Values) -> list[Failure]:
        """What is wrong beyond the names; the inputs may hold UNKNOWN."""

    def replaces(self, old: Values, new: Values, /) -> frozenset[str]:
        """Inputs whose particular change needs a new resource, beyond those of the table."""

    def drift(self, outputs: Values, new: Values, /) -> Sequence[str]:
        """Outputs in state that the new inputs would make different although no input of their name changed."""

    def create(self, task: Task) -> tuple[str, Values]:
        """Make it; its id and its outputs."""

    def read(self, task: Task) -> Live | None:
        """Find it by `task.id`; None when it is gone. At an import `task.inputs` and `task.outputs` are empty."""

    def update(self, task: Task) -> Values:
        """Change it in place; its outputs."""

    def delete(self, task: Task) -> None:
        """Remove it; that it is gone already is no error."""


class Package(Protocol):
    """A plugin: its resources by type, and its functions."""

    @property
    def name(self) -> str: ...

    @property
    def resources(self) -> Mapping[str, Resource]: ...

    def check_config(self, settings: Values, /) -> list[Failure]:
        """What is wrong with the provider's settings."""

    def configure(self, settings: Values, /) -> None:
        """Take the settings and make sure that the service can be reached; ProviderError where it cannot."""

    def invoke(self, token: str, arguments: Values, /) -> Mapping[str, Any]:
        """Call a function; ProviderError for one that is not known."""

    def cancel(self) -> None:
        """Stop what is going on, if it can be stopped."""
