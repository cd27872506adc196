"""What the server remembers: in memory, and, before a change is acknowledged, in one SQLite transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from localcloud.neon.records import Branch, Endpoint, Job, Operation, Project, Record, Settings

JOURNAL_LENGTH = 50_000
LAST_CLUSTER = 65_000  # a cluster's number is the port in its socket's name
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, document TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT);
"""


class Store:
    """Records by id, and a few facts (settings, ports, the next cluster's number).

    Whoever reads several records that belong together, or reads in order to write, holds `lock` meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self.projects: dict[str, Project] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.operations: dict[str, Operation] = {}
        self.jobs: dict[str, Job] = {}
        self._branches: defaultdict[str, dict[str, Branch]] = defaultdict(dict)
        path.touch(mode=0o600)
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(SCHEMA)
        kept = self.fact("settings")
        self.settings = Settings() if kept is None else Settings.model_validate_json(kept)
        self._load()

    def _load(self) -> None:
        types: dict[str, type[Record]] = {t.kind: t for t in (Project, Branch, Endpoint, Operation, Job)}
        for kind, document in self._file.execute("SELECT kind, document FROM record"):
            self._remember(types[kind].model_validate_json(document))

    def commit(self, *, put: Iterable[Record] = (), delete: Iterable[Record] = ()) -> None:
        """Write all of it or, if the process ends meanwhile, nothing."""
        written, gone = list(put), list(delete)
        with self.lock:
            self._file.execute("BEGIN")
            for record in written:
                row = (record.kind, record.id, record.model_dump_json())
                self._file.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", row)
            for record in gone:
                self._file.execute("DELETE FROM record WHERE kind = ? AND id = ?", (record.kind, record.id))
            self._file.execute("COMMIT")
            for record in written:
                self._remember(record)
            for record in gone:
                self._forget(record)

    def branch(self, project_id: str, branch_id: str) -> Branch | None:
        return self._branches[project_id].get(branch_id) if project_id in self._branches else None

    def branches_of(self, project_id: str) -> list[Branch]:
        return list(self._branches[project_id].values()) if project_id in self._branches else []

    def all_branches(self) -> list[Branch]:
        return [branch for branches in list(self._branches.values()) for branch in list(branches.values())]

    def endpoints_of(self, branch_id: str) -> list[Endpoint]:
        return [endpoint for endpoint in list(self.endpoints.values()) if endpoint.branch_id == branch_id]

    def new_cluster(self) -> int:
        """A number that no cluster had before."""
        with self.lock:
            if self.counted("clusters") >= LAST_CLUSTER:
                raise RuntimeError(
                    f"{LAST_CLUSTER} clusters were made in this state folder: stop and start with a new one"
                )
            return self.count("clusters")

    def count(self, name: str) -> int:
        """One more of what `name` counts; returns how many there are now."""
        with self.lock:
            number = self.counted(name) + 1
            self.set_fact(name, str(number))
            return number

    def counted(self, name: str) -> int:
        return int(self.fact(name) or 0)

    def fact(self, name: str) -> str | None:
        with self.lock:
            row = self._file.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_fact(self, name: str, value: str) -> None:
        with self.lock:
            self._file.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def change_settings(self, settings: Settings) -> None:
        with self.lock:
            self.set_fact("settings", settings.model_dump_json())
            self.settings = settings

    def add_to_journal(self, entry: str) -> None:
        with self.lock:
            number = self._file.execute("INSERT INTO journal (entry) VALUES (?)", (entry,)).lastrowid or 0
            if number % 1000 == 0:
                self._file.execute("DELETE FROM journal WHERE n <= ?", (number - JOURNAL_LENGTH,))

    def journal(self, after: int) -> list[tuple[int, str]]:
        with self.lock:
            return list(self._file.execute("SELECT n, entry FROM journal WHERE n > ? ORDER BY n", (after,)))

    def journal_length(self) -> int:
        """The number of the latest entry, 0 for none."""
        with self.lock:
            return int(self._file.execute("SELECT coalesce(max(n), 0) FROM journal").fetchone()[0])

    def close(self) -> None:
        with self.lock:
            self._file.close()

    def _remember(self, record: Record) -> None:
        match record:
            case Branch():
                self._branches[record.project_id][record.id] = record
            case Project():
                self.projects[record.id] = record
            case Endpoint():
                self.endpoints[record.id] = record
            case Operation():
                self.operations[record.id] = record
            case Job():
                self.jobs[record.id] = record

    def _forget(self, record: Record) -> None:
        match record:
            case Branch():
                self._branches[record.project_id].pop(record.id, None)
            case Project():
                self.projects.pop(record.id, None)
            case Endpoint():
                self.endpoints.pop(record.id, None)
            case Operation():
                self.operations.pop(record.id, None)
            case Job():
                self.jobs.pop(record.id, None)
