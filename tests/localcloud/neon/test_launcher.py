"""How PostgreSQL is started by root and by others."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.postgres.launcher import NAMESPACE, NOBODY, Launcher, PostgresError, choose_launcher
from localcloud.neon.postgres.layout import prepare_layout
from localcloud.neon.postgres.sql import RootDatabase

ROOT_DATABASE = RootDatabase(role="owner", password="secret", database="db", statements=("CREATE TABLE t ()",))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder / "state"
    shutil.rmtree(folder)


def test_an_ordinary_user_starts_postgresql_directly() -> None:
    launcher = choose_launcher(user=1000)
    assert (launcher.prefix, launcher.account) == ((), None)


@pytest.mark.parametrize(("allowed", "expected"), [(True, (NAMESPACE, None)), (False, ((), NOBODY))])
def test_root_starts_it_in_a_namespace_or_as_another_user(allowed: bool, expected: object) -> None:
    launcher = choose_launcher(user=0, namespaces=allowed)
    assert (launcher.prefix, launcher.account) == expected


def reachable(launcher: Launcher, folder: Path) -> Launcher:
    """With PostgreSQL where other users may run it, wherever the checkout is."""
    package = launcher.programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return replace(launcher, programs=folder / launcher.programs.relative_to(package.parent))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_without_namespaces_root_runs_clusters_as_another_user(open_folder: Path) -> None:
    launcher = reachable(choose_launcher(namespaces=False), open_folder.parent)
    open_folder.mkdir(mode=0o700)
    clusters = Clusters(launcher=launcher, layout=prepare_layout(open_folder, launcher))
    try:
        assert clusters.create_root(1, ROOT_DATABASE) > 0
        clusters.copy(1, 2, frozen=False)
        clusters.copy(2, 3, frozen=True)
        clusters.set_passwords(3, {"owner": "other"})
        assert clusters.layout.data(3).stat().st_uid == NOBODY
    finally:
        clusters.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_closed_to_other_users_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match="closed to other users"):
        prepare_layout(tmp_path, choose_launcher(namespaces=False))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_programs_that_other_users_cannot_reach_are_refused_by_name(open_folder: Path, tmp_path: Path) -> None:
    open_folder.mkdir(mode=0o700)
    closed = replace(choose_launcher(namespaces=False), programs=tmp_path / "bin")
    with pytest.raises(PostgresError, match="closed to other users: run as an ordinary user, or put the virtual"):
        prepare_layout(open_folder, closed)
