"""The script of the builds, run as a build runs it: in a clean folder and environment, against the AWS stand-in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.localcloud.aws.server import REGION, Server, running

SCRIPT = Path(__file__).parents[2] / "build" / "environment"
SHELLS = [name for name in ("dash", "bash", "busybox") if shutil.which(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """``env`` is all that the script sees; ``prefix`` is where its parameters are."""

    aws: Server
    folder: Path
    prefix: str
    env: dict[str, str] = field(repr=False)

    def put(self, **values: str) -> None:
        for key, value in values.items():
            self.aws.client("ssm").put_parameter(Name=f"{self.prefix}/{key}", Type="SecureString", Value=value)

    def run(self, *arguments: str, **variables: str) -> Outcome:
        """The script's outcome; ``variables`` are those of the branch."""
        return self.run_with(("sh",), arguments, variables)

    def run_with(self, shell: Sequence[str], arguments: Sequence[str], variables: Mapping[str, str]) -> Outcome:
        return self.command([*shell, str(SCRIPT), *arguments], variables)

    def command(self, words: list[str], variables: Mapping[str, str]) -> Outcome:
        env = {"PARAMETER_PREFIX": self.prefix, **self.env, **variables}
        done = subprocess.run(
            words, cwd=self.folder, env=env, capture_output=True, text=True, timeout=60, check=False, errors="replace"
        )
        return Outcome(status=done.returncode, text=done.stdout + done.stderr)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("build") / "aws") as server:
        yield server


@pytest.fixture
def build(aws: Server, tmp_path: Path) -> Build:
    env = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": aws.address,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "build",
        "AWS_SECRET_ACCESS_KEY": "build",
    }
    folder = tmp_path / "app"
    folder.mkdir()
    return Build(aws=aws, folder=folder, prefix=f"/t{uuid.uuid4().hex[:8]}/dev", env=env)
