"""Where localcloud keeps its things: one folder, the home, for each set of stand-ins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.errors import LocalcloudError

PROJECT_FILE = "Pulumi.yaml"
UNFIT = frozenset("%?#:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The paths below one home folder. Nothing exists until `make` is called."""

    root: Path

    @property
    def bin(self) -> Path:
        """The launchers that go first on PATH."""
        return self.root / "bin"

    @property
    def log(self) -> Path:
        """What the parts write to stderr, one file each."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Which processes belong to this home."""
        return self.root / "run"

    @property
    def stacks(self) -> Path:
        """The composed stack files, a folder for each project."""
        return self.root / "stacks"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend: the stacks' checkpoints."""
        return self.root / "pulumi"

    @property
    def keys(self) -> Path:
        """The API key and the passphrase of this home (mode 0600)."""
        return self.root / "keys.json"

    @property
    def ports(self) -> Path:
        """The ports that the parts had last, so that a restart keeps them."""
        return self.root / "ports.json"

    @property
    def facts(self) -> Path:
        """Answers that cost time to find, each with the stamp of the file that it was read from."""
        return self.root / "facts.json"

    @property
    def repositories(self) -> Path:
        """Git repositories that builds clone."""
        return self.root / "repositories"

    @property
    def lock(self) -> Path:
        """Held by the one command that changes this home."""
        return self.root / "lock"

    def state(self, part: str) -> Path:
        """The folder that holds the part's data."""
        return self.root / part

    def make(self) -> None:
        """Create the home and its folders, readable by their owner only."""
        for folder in (self.root, self.bin, self.log, self.run, self.stacks, self.backend):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def working_folder(env: Mapping[str, str]) -> Path:
    """The folder that the command runs in, by the name that the user went there with (as the CLI has it)."""
    named, real = env.get("PWD", ""), Path.cwd()
    return Path(named) if named and Path(named).is_absolute() and Path(named).resolve() == real else real


def find_project(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds a Pulumi.yaml, as the CLI finds it; None without one."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def find_home(env: Mapping[str, str], start: Path) -> Home:
    """LOCALCLOUD_HOME, else `.localcloud` beside the project's Pulumi.yaml. Raises LocalcloudError without both."""
    named = env.get("LOCALCLOUD_HOME", "")
    if named:
        return _home(Path(os.path.abspath(start / Path(named).expanduser())))  # noqa: PTH100
    project = find_project(start)
    if project is None:
        raise LocalcloudError(
            f"no {PROJECT_FILE} in {start} or above it: go to a Pulumi project's folder, or set LOCALCLOUD_HOME",
            status=2,
        )
    return _home(project / ".localcloud")


def _home(root: Path) -> Home:
    if set(str(root)) & UNFIT or not str(root).isprintable():
        raise LocalcloudError(
            f"{root}: '%', '?', '#' and ':' have a meaning in a URL or on PATH: set LOCALCLOUD_HOME to another folder",
            status=2,
        )
    return Home(root=root)
