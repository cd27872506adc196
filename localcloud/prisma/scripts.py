"""The migrations of an application, and Prisma's table of those that a database has had. Pure but for reading files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LEDGER: Final = """CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)"""
"""Prisma's own table, as it makes it."""

_BASELINE: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    name: str
    script: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.script.encode()).hexdigest()


def read(folder: Path) -> list[Migration]:
    """The migrations of an application, in the order of their names."""
    scripts = sorted(folder.glob("*/migration.sql"))
    return [Migration(name=path.parent.name, script=path.read_text(encoding="utf-8")) for path in scripts]


def baseline(one: Migration) -> list[str]:
    """Statements for a new database in which this migration was applied, long ago."""
    values = f"'{_BASELINE}', '{one.checksum}', '{one.name}', now(), 1"
    columns = "id, checksum, migration_name, finished_at, applied_steps_count"
    return [LEDGER, f"INSERT INTO _prisma_migrations ({columns}) VALUES ({values})"]  # noqa: S608 - our own names
