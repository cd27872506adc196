"""A git repository to build from, and a specification for it in few words."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository with a branch `main`."""

    path: Path

    def commit(self, files: Mapping[str, str], branch: str = "main") -> str:
        """Put these files into a new commit of a branch; its id."""
        self._git("checkout", "-q", "-B", branch)
        for name, text in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text)
        self._git("add", "--all")
        self._git(*_AUTHOR, "commit", "-q", "--allow-empty", "-m", "a change")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *words: str) -> str:
        return subprocess.run(("git", "-C", str(self.path), *words), check=True, capture_output=True, text=True).stdout


def new_repository(path: Path) -> Repository:
    path.mkdir(parents=True)
    subprocess.run(("git", "init", "-q", "-b", "main", str(path)), check=True)
    return Repository(path=path)


def specification(*commands: str, **frontend: Any) -> str:
    """The text of an amplify.yml that runs commands and gives out the folder `out`."""
    phases = {"build": {"commands": ["mkdir -p out; cp * out/ 2>/dev/null || true", *commands]}}
    artifacts = {"baseDirectory": "out", "files": ["**/*"]}
    return json.dumps({"version": 1, "frontend": {"phases": phases, "artifacts": artifacts, **frontend}})
