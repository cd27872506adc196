"""Loads and cleans data sets in one environment: its backend's tables and its database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import typer

from components.naming import DIRECT_URL
from hosting.backend_state import read_backend
from hosting.clients import Aws
from hosting.lookups import parameter_value
from ops.progress import insist
from ops.pulumi import OpsError
from ops.seeds import database, models
from ops.seeds.files import DataSet, Reader, Records, read_sets, seed_files
from ops.seeds.marks import Mark, mark_of
from ops.target import Target
from ops.verifying import expected_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where records go: the backend's stack (empty for none), and the parameter with the database's address. ``owner``
    is the branch whose backend this environment shares, empty for none."""

    aws: Aws
    backend: str
    owner: str
    address: str
    mark: Mark


def place_of(target: Target, backend: str | None = None) -> Place:
    """The environment's own; with another backend for a developer's sandbox."""
    expected = expected_of(target)
    return Place(
        aws=target.aws,
        backend=expected.stack if backend is None else backend,
        owner=expected.source if backend is None else "",
        address=target.identity.parameter(DIRECT_URL),
        mark=mark_of(target.environment.production),
    )


def read(target: Target, files: Sequence[Path], folder: Path) -> list[DataSet]:
    """The data sets in ``files``, or else in the folder: told, when production takes no part in some of them."""
    reader = Reader(stack=target.identity.stack, mark=mark_of(target.environment.production))
    sets, left = read_sets(files or seed_files(folder, reader.stack), reader)
    for path in left:
        typer.echo(f"{path} is left out: production gets only what names it (environment: {reader.stack})")
    return sets


def load(place: Place, sets: Sequence[DataSet]) -> None:
    """Writes what is new or different, and says how much. The database changes with the last of it, or not at all, and
    what is said of it is said then."""
    tables, changed = _tables(place, sets), list[str]()
    with _opened(place, sets) as connection:
        for data in sets:
            if connection is not None:
                for name, records in data.tables.items():
                    found = database.load(connection, data.path, name, records, place.mark)
                    changed.append(_told(name, found, records, "written"))
            for name, records in data.models.items():
                found = models.load(place.aws, tables[name], records.mark, records.records, place.mark)
                typer.echo(_told(name, found, records, "written"))
    _say(changed)


def clean(place: Place, sets: Sequence[DataSet]) -> None:
    """Removes what the data sets loaded and what still has the mark, the last first.

    Raises OpsError, before anything is removed, for what others who use the same backend have from the same data sets.
    """
    _refuse_common(place, sets)
    tables, changed = _tables(place, sets), list[str]()
    with _opened(place, sets) as connection:
        for data in reversed(sets):
            for name, records in reversed(data.models.items()):
                found = models.clean(place.aws, tables[name], records.mark, records.records, place.mark)
                typer.echo(_told(name, found, records, "removed"))
            if connection is not None:
                for name, records in reversed(data.tables.items()):
                    found = database.clean(connection, data.path, name, records, place.mark)
                    changed.append(_told(name, found, records, "removed"))
    _say(changed)


def _refuse_common(place: Place, sets: Sequence[DataSet]) -> None:
    """One record in a shared backend is the owner's as much as ours: only its data set tells for whom it is."""
    paths = [str(data.path) for data in sets if data.common and data.models]
    if place.owner and paths:
        raise OpsError(
            f"nothing was removed: the backend is that of the branch {place.owner}, and {', '.join(paths)} has records "
            "for every environment that uses it. Remove them where it is owned, or name the data sets of this "
            "environment alone (environment: ...)"
        )


def _told(name: str, count: int, records: Records, what: str) -> str:
    return f"{name}: {count} of {len(records.records)} {what}"


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)


def _tables(place: Place, sets: Sequence[DataSet]) -> dict[str, models.Table]:
    """All of them found, and the keys of all records, before anything is written."""
    names = {name for data in sets for name in data.models}
    if not names:
        return {}
    if not place.backend:
        raise OpsError(f"there is no backend for {', '.join(sorted(names))}: its mode is none")
    backend = insist(partial(read_backend, place.aws, place.backend))
    if backend is None:
        raise OpsError(f"the backend stack {place.backend} does not exist: a build deploys it")
    found = {name: insist(partial(models.read_table, place.aws, backend, name)) for name in sorted(names)}
    for data in sets:
        for name, records in data.models.items():
            models.require_keys(found[name], f"{data.path}.models.{name}", records.records)
    return found


def _opened(place: Place, sets: Sequence[DataSet]) -> AbstractContextManager[psycopg.Connection[Any] | None]:
    """The database, where a data set is for it."""
    return database.opened(_address(place)) if any(data.tables for data in sets) else nullcontext()


def _address(place: Place) -> str:
    found = insist(partial(parameter_value, place.aws, place.address))
    if found is None:
        raise OpsError(f"there is no SSM parameter {place.address}: the environment has no database, or was never up")
    return found
