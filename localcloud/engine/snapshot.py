"""What a stack's state will be if the run ended now: the resources of before, and what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from localcloud.engine.state import Operation, Resource

Saver = Callable[["list[Resource]", "list[Operation]"], None]


class Snapshot:
    """The state of a run. Every change is saved before the step that made it counts as done.

    The order of resources is kept such that none stands before what it depends on: first what this run has dealt with,
    in the order in which it did, then the rest in the old order.
    """

    def __init__(self, resources: list[Resource], operations: list[Operation], save: Saver) -> None:
        self.base = resources
        self._news: list[Resource] = []
        self._gone: set[int] = set()
        self._keep: list[Resource] = []
        self._begun: list[Operation] = []
        self.interrupted = operations
        self.renamed: dict[str, str] = {}
        self._save = save
        self._lock = threading.RLock()

    def begin(self, resource: Resource, operation: str) -> Operation:
        """Record, durably, that an operation is about to begin."""
        with self._lock:
            begun = Operation(resource=resource, type=operation)
            self._begun.append(begun)
            self.save()
            return begun

    def end(self, begun: Operation | None, *, gone: Iterable[Resource] = (), new: Resource | None = None) -> None:
        """Record the end of an operation: what it removed from the state and what it put there."""
        with self._lock:
            if begun is not None:
                self._begun.remove(begun)
            self.drop(*gone)
            if new is not None:
                self._news.append(new)
            self.save()

    def drop(self, *gone: Resource) -> None:
        """Leave resources out of the state, without saving."""
        with self._lock:
            self._gone |= {id(resource) for resource in gone}
            self._keep.extend(gone)

    def idle(self) -> bool:
        """Whether no operation is under way."""
        with self._lock:
            return not self._begun

    def is_gone(self, resource: Resource) -> bool:
        return id(resource) in self._gone

    def keep(self, old: Resource, new: Resource) -> None:
        """Take over an unchanged resource, without saving."""
        with self._lock:
            self.drop(old)
            self._news.append(new)

    def swap(self, old: Resource, **changes: Any) -> Resource:
        """Change fields of a resource where it stands, without saving."""
        with self._lock:
            new = replace(old, **changes)
            for group in (self._news, self.base):
                group[:] = [new if resource is old else resource for resource in group]
            return new

    def resources(self) -> list[Resource]:
        with self._lock:
            return [self._rewritten(r) for r in [*self._news, *self.base] if id(r) not in self._gone]

    def operations(self) -> list[Operation]:
        """Give what had begun and not ended; creations of earlier runs stay until they are cleared."""
        with self._lock:
            return [*self._begun, *(op for op in self.interrupted if op.type == "creating")]

    def save(self) -> None:
        with self._lock:
            self._save(self.resources(), self.operations())

    def _rewritten(self, resource: Resource) -> Resource:
        names = self.renamed
        if not names or not (resource.depends_on() & names.keys() or resource.aliases):
            return resource
        urn, _, provider_id = resource.provider.rpartition("::")
        return replace(
            resource,
            parent=names.get(resource.parent, resource.parent),
            dependencies=tuple(names.get(d, d) for d in resource.dependencies),
            property_dependencies={k: [names.get(d, d) for d in v] for k, v in resource.property_dependencies.items()},
            provider=f"{names.get(urn, urn)}::{provider_id}" if resource.provider else "",
            aliases=(),
        )
