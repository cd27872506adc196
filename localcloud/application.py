"""The example application as a git repository in the home, for the apps of a project to be built from.

It is what a team's repository is: the application, with the build specification and its script copied in. Without an
example beside the project, or without git, node or npm on the machine, there is none, and builds are simulated.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from localcloud.errors import LocalcloudError
from localcloud.home import Home
from localcloud.prisma.scripts import Migration, read

NEEDED: Final = ("git", "node", "npm")
"""Programs that a build of the application runs."""

_EXAMPLE: Final = Path("examples", "app")
_COPIED: Final = {"build/amplify.yml": "amplify.yml", "build/environment": "build/environment"}
_IDENTITY: Final = {"NAME": "Salon", "EMAIL": "salon@example.invalid", "DATE": "2026-01-05T09:00:00Z"}


def repository(home: Home, project: Path, branches: Sequence[str]) -> Path | None:
    """The repository, made at its first use with these branches, and from then on left as it is.

    Raises:
        LocalcloudError: when git refuses.
    """
    target, checkout = home.repositories / "app", _checkout(project)
    if checkout is None or not branches or any(shutil.which(name) is None for name in NEEDED):
        return None
    if not target.is_dir():
        home.repositories.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=home.repositories)) / "app"
        _lay_out(checkout, draft)
        _commit(draft, sorted(set(branches)))
        draft.rename(target)
        draft.parent.rmdir()
    return target


def applied_before(project: Path) -> Migration | None:
    """The first of the application's migrations, which production's database has had for long."""
    checkout = _checkout(project)
    return None if checkout is None else next(iter(read(checkout / _EXAMPLE / "prisma" / "migrations")), None)


def _checkout(project: Path) -> Path | None:
    """The folder with the example: the project's, or one of those above it, for a project that is an example itself."""
    return next((one for one in (project, *project.parents[:2]) if (one / _EXAMPLE).is_dir()), None)


def _lay_out(checkout: Path, target: Path) -> None:
    kept = shutil.ignore_patterns("node_modules", ".next", ".npm", ".environment")
    shutil.copytree(checkout / _EXAMPLE, target, ignore=kept)
    for source, name in _COPIED.items():
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copy2(checkout / source, target / name)


def _commit(folder: Path, branches: Sequence[str]) -> None:
    _git(folder, "init", "--quiet", f"--initial-branch={branches[0]}")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=The salon, built by its environments")
    for name in branches[1:]:
        _git(folder, "branch", name)


def _git(folder: Path, *words: str) -> None:
    """Runs git as nobody in particular, so that the same files are the same commit on every machine."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _IDENTITY.items()}
    env = {**os.environ, **who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", "-C", str(folder), *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalcloudError(f"git {words[0]} in {folder} ended with {done.returncode}: {done.stderr.strip()}")
