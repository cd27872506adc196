"""Which commit a build builds: it is told, and a rollback's is gone to, whatever Amplify has cloned."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hosting.retries import commit_in
from tests.build.conftest import Build
from tests.localcloud.aws.repository import Repository, new_repository


@pytest.fixture
def repository(build: Build, tmp_path: Path) -> tuple[Repository, str, str]:
    """What the build's folder is a clone of, and its two commits."""
    made = new_repository(tmp_path / "source")
    old, new = made.commit({"page": "old"}), made.commit({"page": "new"})
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{made.path}", str(build.folder)], check=True)
    return made, old, new


def page(build: Build) -> str:
    return (build.folder / "page").read_text()


def test_a_check_tells_the_commit(build: Build, repository: tuple[Repository, str, str]) -> None:
    done = build.run("check")
    assert (done.status, commit_in(done.text), page(build)) == (0, repository[2], "new"), done.text


def test_a_check_goes_to_the_commit_that_is_named(build: Build, repository: tuple[Repository, str, str]) -> None:
    done = build.run("check", BUILD_COMMIT=repository[1])
    assert (done.status, commit_in(done.text), page(build)) == (0, repository[1], "old"), done.text


@pytest.mark.usefixtures("repository")
def test_a_commit_that_is_nowhere_ends_the_build(build: Build) -> None:
    done = build.run("check", BUILD_COMMIT="a" * 40)
    assert done.status != 0
    assert f"the commit {'a' * 40} cannot be checked out" in done.text
    assert page(build) == "new"


def test_without_a_repository_a_check_tells_no_commit(build: Build) -> None:
    done = build.run("check")
    assert (done.status, commit_in(done.text)) == (0, None), done.text
