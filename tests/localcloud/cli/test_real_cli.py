"""The Pulumi CLI itself behind the launcher, where one is installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from localcloud.engines import OLDEST, ask_version, parse_version
from localcloud.environment import backend_url
from localcloud.launchers import real_program, write_launchers
from tests.localcloud.cli.conftest import Cloud
from tests.localcloud.cli.test_pulumi import digests

CLI = real_program("pulumi", os.environ.get("PATH", os.defpath))
pytestmark = pytest.mark.cli


@pytest.fixture
def environment(cloud: Cloud) -> dict[str, str]:
    if CLI is None or (parse_version(ask_version(CLI)) or OLDEST) < OLDEST:
        pytest.skip("no Pulumi CLI of version 3.227 or newer on PATH")
    cloud.home.make()
    write_launchers(cloud.home, cloud.env)
    settings = {
        "LOCALCLOUD_HOME": str(cloud.home.root),
        "PULUMI_BACKEND_URL": backend_url(cloud.home),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    path = os.pathsep.join([str(cloud.home.bin), str(CLI.parent), cloud.env["PATH"]])
    return {**cloud.env, **settings, "PATH": path}


def pulumi(folder: Path, env: dict[str, str], line: str) -> str:
    answer = subprocess.run(
        ["pulumi", *line.split()], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, f"{line}: {answer.stderr}"
    return answer.stdout.strip()


def test_the_cli_works_on_copies_only(cloud: Cloud, environment: dict[str, str]) -> None:
    before = digests(cloud.folder)
    for line in (
        "config set -s staging colour red",
        "config set -s staging --secret token hush",
        "stack select staging",
        "stack init other",
        "config set size 5",
        "stack rename third",
    ):
        pulumi(cloud.folder, environment, line)
    assert pulumi(cloud.folder, environment, "config get size") == "5"
    assert pulumi(cloud.folder, environment, "config get token -s staging") == "hush"
    assert pulumi(cloud.folder, environment, "config get colour -s staging") == "red"
    pulumi(cloud.folder, environment, "destroy --remove --yes -s third")
    pulumi(cloud.folder, environment, "stack rm --yes -s staging")
    assert digests(cloud.folder) == before
    assert [path.name for path in (cloud.home.stacks / "salon").glob("Pulumi.*")] == ["Pulumi.yaml"]
