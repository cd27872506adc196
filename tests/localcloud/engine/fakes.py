"""A run without processes: the engine's decisions on resources, with a provider that keeps its cloud in memory.

The provider replaces on a change of `size`, the old one first if the inputs say `first`. It knows no secrets on the
wire, no unknowns in creations, and no functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localcloud.engine.aliases import Naming
from localcloud.engine.deletion import delete_all, leftovers
from localcloud.engine.display import Display
from localcloud.engine.errors import ProviderError, StepFailedError
from localcloud.engine.goals import Goal
from localcloud.engine.project import Config
from localcloud.engine.provider import Change, Checked, Diff, Read
from localcloud.engine.registration import Registrar
from localcloud.engine.registry import Registry
from localcloud.engine.run import Run
from localcloud.engine.snapshot import Snapshot
from localcloud.engine.state import Operation, Resource
from localcloud.engine.values import Props, leaf_changes, reveal

PROVIDER = "urn:pulumi:dev::toy::pulumi:providers:toy::default::1"


@dataclass(slots=True, kw_only=True)
class FakeCloud:
    """The provider and what it holds; `journal` tells what it was asked to do."""

    things: dict[str, Props] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)

    def check(self, urn: str, olds: Props, news: Props) -> Checked:
        return Checked(inputs=news)

    def diff(self, change: Change) -> Diff:
        paths = tuple(leaf_changes(reveal(change.old_inputs), reveal(change.inputs)))
        forced = tuple(path for path in paths if path[0] == "size")
        return Diff(
            changed=bool(paths),
            replace=bool(forced),
            delete_before_replace=bool(change.inputs.get("first")),
            paths=paths,
            replace_paths=forced,
        )

    def create(self, urn: str, inputs: Props, *, preview: bool) -> tuple[str, Props]:
        if inputs.get("fail"):
            raise ProviderError("there is no room")
        id_ = f"id{len(self.journal)}"
        if not preview:
            self.things[id_] = inputs
            self.journal.append(f"create {name_of(urn)}")
        return ("" if preview else id_), {**inputs, "id": id_}

    def read(self, urn: str, id_: str, inputs: Props | None, state: Props | None) -> Read:
        found = self.things.get(id_)
        return Read(id=id_ if found is not None else "", outputs=found, inputs=found)

    def update(self, change: Change, *, preview: bool) -> Props:
        if not preview:
            self.things[change.id] = change.inputs
            self.journal.append(f"update {name_of(change.urn)}")
        return {**change.inputs, "id": change.id}

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props) -> None:
        if inputs.get("stuck"):
            raise ProviderError("it is in use")
        self.things.pop(id_, None)
        self.journal.append(f"delete {name_of(urn)}")

    def invoke(self, token: str, args: Props, *, preview: bool) -> Checked:
        raise ProviderError(f"unknown function {token}")


class FakeRegistry(Registry):
    """Gives the one provider for every reference."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def get(self, reference: str) -> Any:
        return self.cloud

    def config_replaces(self, old: str, new: str) -> bool:
        return False


class Stack:
    """A stack's state over several runs; `saved` is every list of pending operations that was written."""

    def __init__(self) -> None:
        self.cloud = FakeCloud()
        self.state: list[Resource] = []
        self.pending: list[Operation] = []
        self.saved: list[list[str]] = []
        self.messages: list[str] = []
        self.ops: dict[str, str] = {}

    def run(self, *goals: Goal, preview: bool = False, deletes: bool = True) -> bool:
        """Register goals and delete the rest; tell whether all went well."""
        run = self.begin(preview=preview)
        registrar = Registrar(run)
        for goal in goals:
            try:
                registrar.register(goal)
            except StepFailedError:
                break
        if deletes and not run.failed:
            delete_all(run, leftovers(run))
        run.snapshot.save()
        self.messages = [d.message for d in run.display.diagnostics]
        self.ops = {f"{name_of(step.urn)}": step.op for step in run.display.steps}
        self.cloud.journal, journal = [], self.cloud.journal
        self.journal = journal
        return not run.failed

    def begin(self, *, preview: bool) -> Run:
        naming = Naming(project="toy", stack="dev")

        def save(resources: list[Resource], operations: list[Operation]) -> None:
            if not preview:
                self.state, self.pending = list(resources), list(operations)
                self.saved.append([f"{op.type} {op.resource.name}" for op in operations])

        return Run(
            naming=naming,
            config=Config(values={}, secret_keys=frozenset()),
            snapshot=Snapshot(list(self.state), list(self.pending), save),
            registry=FakeRegistry(self.cloud),
            display=Display(
                title="", root=naming.urn("", "pulumi:pulumi:Stack", "toy-dev"), preview=preview, quiet=True
            ),
            preview=preview,
        )

    def names(self) -> list[str]:
        return [resource.name for resource in self.state]

    def of(self, name: str) -> Resource:
        return next(resource for resource in self.state if resource.name == name)


def thing(name: str, *, after: tuple[str, ...] = (), parent: str = "", **inputs: Any) -> Goal:
    """Ask for a custom resource; its input `from_x` depends on the resource x, `after` on whole resources."""
    dependencies = {key: [urn(key.removeprefix("from_"))] if key.startswith("from_") else [] for key in inputs}
    whole = tuple(urn(other) for other in after)
    return Goal(
        type="toy:index:Thing",
        name=name,
        custom=True,
        provider=PROVIDER,
        parent=parent,
        inputs=inputs,
        property_dependencies=dependencies,
        dependencies=(*whole, *(found for urns in dependencies.values() for found in urns)),
    )


def urn(name: str) -> str:
    return f"urn:pulumi:dev::toy::toy:index:Thing::{name}"


def name_of(full: str) -> str:
    return full.rsplit("::", 1)[-1]
