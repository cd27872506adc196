"""A project in a folder with spaces, and localcloud's command line over fake parts for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from localcloud.ending import end_all
from localcloud.home import Home
from localcloud.lifecycle import Site
from tests.localcloud.cli.fakecloud import fake_parts

FAKE_CLOUD = Path(__file__).with_name("fakecloud.py")
SECONDS = 30

PROJECT = """\
name: salon
runtime: {name: python}
config:
  app:
    value: {name: salon}
"""
STAGING = """\
config:
  salon:database: {project: salon-data, branch: staging, source: main}
  salon:parameters:
    KEY: {ssm: /team/salon/KEY}
"""

# Writes what the CLI would: a line for each call, the checkpoint and the salt of a new stack.
FAKE_CLI = """\
#!/bin/sh
if [ "$1" = version ]; then echo "$FAKE_VERSION"; echo asked >> "$FAKE_LOG.versions"; exit 0; fi
printf '%s|' "$@" >> "$FAKE_LOG"; echo >> "$FAKE_LOG"
if [ "$1 $2" = "stack init" ]; then
  cd "$4" && shift 2 || exit 1
  [ -n "$FAKE_FAILURE" ] && { echo "error: $FAKE_FAILURE" >&2; exit 1; }
  folder="${PULUMI_BACKEND_URL#file://}"; folder="${folder%%[?]*}/.pulumi/stacks/salon"
  mkdir -p "$folder" && echo '{}' > "$folder/$3.json" && echo 'encryptionsalt: v1:salt' >> "Pulumi.$3.yaml"
fi
exit ${FAKE_STATUS:-0}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One localcloud of a test, with the environment of the shell that it is called from."""

    folder: Path
    home: Home
    env: Mapping[str, str]

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(FAKE_CLOUD), *words]

    def site(self) -> Site:
        """For calls in this process, where deadlines can be made short."""
        return Site(home=self.home, parts=fake_parts(), folder=self.folder, env=self.env, say=lambda _: None)

    def call(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**self.env, **(env or {})},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def good(self, *words: str) -> str:
        answer = self.call(*words)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def note(self, part: str, name: str = "seed.json") -> Any:
        """What the fake part noted in its state folder."""
        return json.loads((self.home.state(part) / name).read_text())

    def starts(self, part: str) -> list[int]:
        """The processes that this part had, in order."""
        return [int(pid) for pid in (self.home.state(part) / "starts").read_text().split()]

    def processes(self) -> list[int]:
        """The processes that name this home in their command line."""
        found = psutil.process_iter(["cmdline"])
        return [one.pid for one in found if any(str(self.home.root) in word for word in one.info["cmdline"] or [])]


def shell_environment(tmp_path: Path) -> dict[str, str]:
    """An environment without anything of localcloud, AWS, Neon or Pulumi in it."""
    foreign = ("AWS_", "NEON_", "PULUMI_", "LOCALCLOUD_", "PYTEST_", "PWD", "FAKE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PATH": "/usr/bin:/bin", "PULUMI_HOME": str(tmp_path / "pulumi home")}


def make_cloud(root: Path) -> Cloud:
    folder = root / "the salon's project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.staging.yaml").write_text(STAGING)
    return Cloud(folder=folder, home=Home(root=folder / ".localcloud"), env=shell_environment(root))


def end(cloud: Cloud) -> None:
    end_all(cloud.home, fake_parts())
    assert cloud.processes() == []


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = make_cloud(tmp_path)
    yield made
    end(made)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud that is up, for tests that change nothing in it."""
    made = make_cloud(tmp_path_factory.mktemp("running"))
    made.good("up")
    yield made
    end(made)


@pytest.fixture
def fake_cli(tmp_path: Path) -> Path:
    """A folder with a `pulumi` that tells FAKE_VERSION and notes its calls in FAKE_LOG."""
    folder = tmp_path / "cli"
    folder.mkdir()
    (folder / "pulumi").write_text(FAKE_CLI)
    (folder / "pulumi").chmod(0o755)
    return folder
