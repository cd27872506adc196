"""What the program declares for given database settings, taken from the program itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, mocks

from components.database import DatabaseArgs, declare_database
from components.naming import Identity
from components.preflight.findings import PasswordFindings
from components.settings.models import DatabaseSettings

IDENTITY = Identity(project="stateful", stack="staging")
DATABASE = IDENTITY.name("database")
MARK = IDENTITY.mark(DATABASE)
Props = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A resource as it is registered; an input that is another resource's id names that resource instead."""

    name: str
    inputs: Props

    def with_ids(self, ids: dict[str, str]) -> Props:
        return {key: ids.get(value, value) if isinstance(value, str) else value for key, value in self.inputs.items()}


class _Recorder(Mocks):
    def __init__(self) -> None:
        self.seen: list[Declared] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, Props]:
        if args.custom:
            self.seen.append(Declared(name=args.name, inputs=args.inputs))
        return _id_of(args.name), args.inputs

    def call(self, args: MockCallArgs) -> tuple[Props, list[tuple[str, str]] | None]:
        raise AssertionError(f"the database calls no function, not {args.token}")


def declared(settings: DatabaseSettings, project_id: str) -> list[Declared]:
    """In the order of their registration, so that each comes after those that it depends on."""
    recorder = _Recorder()
    mocks.set_mocks(recorder, project=IDENTITY.project, stack=IDENTITY.stack)
    mocks.test(lambda: _declare(settings, project_id))()  # type: ignore[no-untyped-call]
    return recorder.seen


def _declare(settings: DatabaseSettings, project_id: str) -> None:
    parent = pulumi.ComponentResource("stateful:index:Environment", IDENTITY.stack)
    declare_database(
        DatabaseArgs(
            identity=IDENTITY,
            settings=settings,
            project_id=project_id,
            overwrites=None,
            losses=(),
            kept=None,
            password=PasswordFindings(),
            last_reset_at="",
            protect=False,
            production=False,
        ),
        parent,
    )


def _id_of(name: str) -> str:
    return f"<id of {name}>"
