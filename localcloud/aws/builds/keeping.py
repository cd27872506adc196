"""Files that outlast a build: its artifacts, and the paths that the next build of the branch begins with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from localcloud.aws.builds.order import BuildError
from localcloud.aws.builds.specification import Specification


def collect(specification: Specification, start: Path, target: Path) -> None:
    """Copy the artifacts of a build.

    Raises:
        BuildError: where the folder or every file of them is missing.
    """
    base = start / specification.base_directory.strip("/")
    if not base.is_dir():
        raise BuildError(f"Artifact directory doesn't exist: {specification.base_directory}")
    paths = sorted({path for pattern in specification.files for path in base.glob(pattern.lstrip("/"))})
    files = [path for path in paths if path.is_file()]
    if not files:
        raise BuildError(
            f"no artifacts: no file of {specification.base_directory or 'the repository'} is named by files"
        )
    for path in files:
        _copy(path, target / path.relative_to(base))


def keep(specification: Specification, start: Path, cache: Path) -> None:
    """Take the cached paths over into the branch's cache, in place of what was there."""
    shutil.rmtree(cache, ignore_errors=True)
    for path in _cached(specification, start):
        target = cache / path.relative_to(start)
        if path.is_dir():
            shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
        else:
            _copy(path, target)


def restore(start: Path, cache: Path) -> bool:
    """Put back what an earlier build of the branch kept; says whether there was anything."""
    if not cache.is_dir():
        return False
    shutil.copytree(cache, start, symlinks=True, dirs_exist_ok=True)
    return True


def _cached(specification: Specification, start: Path) -> Iterator[Path]:
    """What the paths name; as at Amplify, an absolute one or one that leads out of the project is passed over."""
    for pattern in specification.cache:
        named = pattern.removesuffix("/**/*").removesuffix("/*").removeprefix("./")
        if not named.startswith("/") and ".." not in Path(named).parts:
            yield from start.glob(named)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
