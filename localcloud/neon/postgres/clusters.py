"""The clusters of one server. Each thing that can be done to them may be repeated without harm."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from localcloud.neon.postgres import anonymizer, processes, schema, sql
from localcloud.neon.postgres.launcher import Launcher, PostgresError
from localcloud.neon.postgres.layout import ADMIN, Layout
from localcloud.neon.postgres.template import make_template
from localcloud.neon.records import MaskingRule, Masks

COPY_SECONDS = 120.0
STOP_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class Clusters:
    """All clusters below one layout.

    Safe for use by several threads: what concerns one cluster happens one after the other.
    """

    launcher: Launcher
    layout: Layout
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _locks: dict[int, threading.RLock] = field(default_factory=dict)
    _started: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    _closed: threading.Event = field(default_factory=threading.Event)

    def ensure_template(self) -> None:
        """Make the empty cluster that new projects are copied from; done once in a state folder."""
        with self._exclusive(0):
            if not self.layout.template.exists():
                self._require_open("the template is not made")
                make_template(self.launcher, self.layout)

    def create_root(self, number: int, root: sql.RootDatabase) -> int:
        """A new cluster with one role and one database; returns its logical size in bytes."""
        self.ensure_template()
        with self._exclusive(number):
            self._copy_files(self.layout.template, number)
            self.ensure_running(number)
            try:
                sql.create_root(self.layout, number, root)
            except psycopg.Error as error:
                raise PostgresError(f"database {root.database}: {sql.reason(error)}") from None
            return self.size(number)

    def ensure_running(self, number: int) -> Path:
        """Start the cluster if it does not run; returns its socket."""
        with self._exclusive(number):
            if processes.find(self.layout, number) is None:
                if not self.layout.data(number).is_dir():
                    raise PostgresError(f"cluster {number} has no data in {self.layout.data(number)}")
                self._require_open(f"cluster {number} is not started")
                self._reap(number)
                self._started[number] = processes.start(self.launcher, self.layout, number)
            return self.layout.socket(number)

    def copy(self, source: int, target: int, *, frozen: bool) -> str | None:
        """Give `target` the data of `source`; a frozen source never runs, so its files can be copied as they are.

        Returns the position in the source's log, or None where it is not known. Does nothing when `target` is there
        already.
        """
        with self._exclusive(target):
            if self.layout.data(target).exists():
                return None
            if frozen:
                self._copy_files(self.layout.data(source), target)
                return None
            with self._exclusive(source):
                return self._back_up(source, target)

    def set_passwords(self, number: int, passwords: Mapping[str, str]) -> None:
        with self._exclusive(number), self._connected(number) as connection:
            sql.set_passwords(connection, passwords)

    def drop_database(self, number: int, name: str) -> None:
        with self._exclusive(number), self._connected(number) as connection:
            sql.drop_database(connection, name)

    def drop_role(self, number: int, name: str) -> None:
        with self._exclusive(number), self._connected(number) as connection:
            sql.drop_role(connection, name)

    def empty(self, number: int) -> None:
        """Take all rows out of all databases and leave the schema."""
        for database in self._databases(number):
            with self._connected(number, database) as connection:
                schema.empty(connection)

    def mask(self, number: int, masks: Masks) -> None:
        """Overwrite what the rules name, all of it or, where one fails, nothing of that rule's database."""
        for database, owner in masks.owners.items():
            rules = [rule for rule in masks.rules if rule.database_name == database]
            with self._connected(number, database) as connection:
                anonymizer.apply(connection, rules, owner=owner, seed=masks.seed)

    def missing(self, number: int, rules: Iterable[MaskingRule]) -> list[str]:
        """The columns that the rules name and their databases have not; starts the cluster if need be."""
        found = []
        for rule in rules:
            with self._connected(number, rule.database_name) as connection:
                found += [] if schema.has_column(connection, rule) else [f"{rule.table_name}.{rule.column_name}"]
        return found

    def size(self, number: int) -> int:
        """The logical size in bytes; starts the cluster if need be."""
        with self._connected(number) as connection:
            return sql.logical_size(connection)

    def mark(self, number: int) -> str:
        """Changes with every write to the cluster; starts it if need be."""
        with self._connected(number) as connection:
            return sql.mark(connection)

    def is_running(self, number: int) -> bool:
        return processes.find(self.layout, number) is not None

    def stop(self, number: int) -> None:
        """End the cluster's server; its connections are dropped."""
        with self._exclusive(number):
            if (process := processes.find(self.layout, number)) is not None:
                processes.end([process], seconds=STOP_SECONDS)
            self._reap(number)

    def remove(self, number: int) -> None:
        """End the cluster's server and delete its data."""
        with self._exclusive(number):
            self.stop(number)
            if (data := self.layout.data(number)).exists():
                shutil.rmtree(data.rename(self.layout.unfinished(number) / "data").parent, ignore_errors=True)
            self.layout.log(number).unlink(missing_ok=True)

    def close(self) -> None:
        """End all servers, also those that an earlier process started, and what makes clusters; no more are started."""
        self._closed.set()
        processes.end([*processes.running(self.layout), *processes.begun(self.layout)], seconds=STOP_SECONDS)
        with self._exclusive(0):
            pass  # who was making the template has seen that it cannot be made
        for number in list(self._started):
            self._reap(number)

    def _back_up(self, source: int, target: int) -> str:
        self.ensure_running(source)
        with self._connected(source) as connection:
            position = sql.position(connection)
        unfinished = self.layout.unfinished(target)
        self.launcher.own(unfinished)
        command = self.launcher.command(
            "pg_basebackup", "-D", str(unfinished), "-h", str(self.layout.sockets), "-p", str(source), "-U", ADMIN,
            "-X", "fetch", "-c", "fast", "--no-sync", "--no-manifest", "--no-password",
        )  # fmt: skip
        credentials = {"PGPASSFILE": str(self.layout.password_file)}
        self.launcher.run(command, cwd=self.layout.home / "clusters", environment=credentials, seconds=COPY_SECONDS)
        unfinished.rename(self.layout.data(target))
        return position

    def _copy_files(self, source: Path, number: int) -> None:
        """A copy appears whole or not at all: it is made under another name first."""
        shutil.rmtree(self.layout.data(number), ignore_errors=True)
        unfinished = self.layout.unfinished(number)
        shutil.copytree(source, unfinished, copy_function=shutil.copyfile, dirs_exist_ok=True)
        for folder, _, files in os.walk(unfinished):
            Path(folder).chmod(0o700)
            for path in (Path(folder), *(Path(folder) / name for name in files)):
                self.launcher.own(path)
        unfinished.rename(self.layout.data(number))

    def _databases(self, number: int) -> list[str]:
        with self._connected(number) as connection:
            return sql.databases(connection)

    @contextlib.contextmanager
    def _connected(self, number: int, database: str = sql.ALWAYS_THERE) -> Iterator[sql.Connection]:
        self.ensure_running(number)
        try:
            with sql.connect(self.layout, number, database) as connection:
                yield connection
        except psycopg.Error as error:
            raise PostgresError(f"cluster {number}: {sql.reason(error)}") from None

    @contextlib.contextmanager
    def _exclusive(self, number: int) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(number, threading.RLock())
        with lock:
            yield

    def _require_open(self, not_done: str) -> None:
        if self._closed.is_set():
            raise PostgresError(f"{not_done}: this server is ending")

    def _reap(self, number: int) -> None:
        if (server := self._started.pop(number, None)) is not None:
            server.wait()
