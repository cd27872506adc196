"""The stand-in for Prisma's command held against Prisma itself, each on databases of its own.

Prisma runs from npm alone where its schema engine is the one in WebAssembly; what it downloads elsewhere is not needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.localcloud.neon.driver import Project, Server

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
APPLICATION = HERE.parents[1] / "examples" / "app" / "prisma"
SECONDS = 120
COLUMNS = """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
  WHERE table_schema = 'public' ORDER BY 1, 2"""
MIGRATIONS = """SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL,
  rolled_back_at IS NOT NULL FROM _prisma_migrations ORDER BY 1"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prisma:
    """The real one, in an application's folder."""

    folder: Path

    def __call__(self, address: str, *words: str) -> subprocess.CompletedProcess[str]:
        # It looks for a library that it then does not load: any file will do.
        env = {"PRISMA_QUERY_ENGINE_LIBRARY": str(self.folder / "prisma.config.mjs"), "CHECKPOINT_DISABLE": "1"}
        command = [str(MODULES / ".bin" / "prisma"), *words, "--config", "prisma.config.mjs"]
        return run(command, self.folder, {"DATABASE_URL": address, "DIRECT_URL": address, **env})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not (MODULES / "prisma").exists():
        pytest.skip("no Prisma: `make test` fetches it where there is npm")
    shutil.copytree(APPLICATION, tmp_path / "prisma")
    shutil.copy(HERE / "prisma.config.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    return tmp_path


@pytest.fixture
def project(server: Server) -> Project:
    return server.seed(f"prisma-{uuid.uuid4().hex[:8]}")


def run(command: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, **env}
    return subprocess.run(command, cwd=folder, env=whole, capture_output=True, text=True, timeout=SECONDS, check=False)


def stand_in(folder: Path) -> Run:
    def called(address: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "localcloud.image.prisma", *words]
        return run(command, folder, {"DATABASE_URL": address, "DIRECT_URL": address})

    return called


def database(project: Project, name: str) -> str:
    """The address of an empty branch's."""
    branch = project.branch(name)
    query = {"branch_id": branch, "database_name": "neondb", "role_name": "neondb_owner"}
    return str(project.get("/connection_uri", **query)["uri"])


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address, connect_timeout=20) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_migrations_leave_the_same_tables_and_the_same_record_whoever_applies_them(
    folder: Path, project: Project
) -> None:
    real, ours = database(project, "real"), database(project, "ours")
    for prisma, address in ((Prisma(folder=folder), real), (stand_in(folder), ours)):
        done = prisma(address, "migrate", "deploy")
        assert done.returncode == 0, done.stdout + done.stderr
    assert rows(real, COLUMNS) == rows(ours, COLUMNS)
    assert rows(real, MIGRATIONS) == rows(ours, MIGRATIONS)
    # Each takes what the other one did for done.
    assert "No pending migrations" in Prisma(folder=folder)(ours, "migrate", "deploy").stdout
    assert "no pending migrations" in stand_in(folder)(real, "migrate", "deploy").stdout


@pytest.mark.proof
def test_after_a_migration_that_failed_both_apply_nothing_more(folder: Path, project: Project) -> None:
    broken = folder / "prisma" / "migrations" / "20990101000000_broken"
    broken.mkdir()
    (broken / "migration.sql").write_text("ALTER TABLE nobody ADD COLUMN x integer;")
    found = {}
    for name, prisma in (("real", Prisma(folder=folder)), ("ours", stand_in(folder))):
        address = database(project, name)
        first, second = prisma(address, "migrate", "deploy"), prisma(address, "migrate", "deploy")
        refused = "P3009" in second.stdout + second.stderr
        found[name] = (first.returncode, second.returncode, refused, rows(address, MIGRATIONS))
    assert found["real"] == found["ours"]
    assert found["real"][:3] == (1, 1, True)


@pytest.mark.proof
def test_a_push_leaves_tables_of_the_same_columns(folder: Path, project: Project) -> None:
    found = {}
    for name, prisma, words in (
        ("real", Prisma(folder=folder), ["--accept-data-loss", "--skip-generate"]),
        ("ours", stand_in(folder), ["--accept-data-loss"]),
    ):
        address = database(project, name)
        done = prisma(address, "db", "push", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        found[name] = [row[:2] for row in rows(address, COLUMNS)]
    assert found["real"] == found["ours"]
