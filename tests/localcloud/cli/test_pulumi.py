from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from localcloud.engines import choose_engine, decide, engine_name, parse_version
from localcloud.environment import backend_url
from localcloud.launchers import has_real_plugin, write_launchers
from localcloud.programs import MARK
from tests.localcloud.cli.conftest import Cloud

Pulumi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def env(cloud: Cloud, fake_cli: Path, log: Path) -> dict[str, str]:
    """The environment of `run`, without any part running."""
    cloud.home.make()
    settings = {"LOCALCLOUD_HOME": str(cloud.home.root), "PULUMI_BACKEND_URL": backend_url(cloud.home)}
    path = os.pathsep.join([str(cloud.home.bin), str(fake_cli), cloud.env["PATH"]])
    write_launchers(cloud.home, cloud.env)
    return {**cloud.env, **settings, "PATH": path, "FAKE_VERSION": "v3.260.0", "FAKE_LOG": str(log)}


@pytest.fixture
def pulumi(cloud: Cloud, env: dict[str, str]) -> Pulumi:
    def call(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words],
            cwd=cloud.folder,
            env={**env, **more},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return call


def calls(log: Path) -> list[str]:
    return [line.rstrip("|").replace("|", " ") for line in log.read_text().splitlines()]


def test_the_cli_gets_the_composed_file(cloud: Cloud, pulumi: Pulumi, log: Path) -> None:
    answer = pulumi("up", "--yes", "--stack", "staging")
    composed = cloud.home.stacks / "salon" / "Pulumi.staging.yaml"
    assert answer.returncode == 0, answer.stderr
    assert calls(log)[-1] == f"up --config-file {composed} --yes --stack staging"
    assert "salon-data" in composed.read_text()


def test_a_tracked_stack_is_made_at_its_first_use_and_only_then(cloud: Cloud, pulumi: Pulumi, log: Path) -> None:
    answer = pulumi("preview", "-s", "staging")
    pulumi("preview", "-s", "staging")
    assert [line for line in calls(log) if "init" in line] == [
        f"stack init -C {cloud.home.stacks / 'salon'} staging --non-interactive"
    ]
    assert answer.stdout == ""


def test_a_stack_that_nobody_knows_is_left_to_the_engine(pulumi: Pulumi, log: Path) -> None:
    assert pulumi("up", "-s", "nowhere", FAKE_STATUS="6").returncode == 6
    assert len(calls(log)) == 1


def test_a_stack_that_cannot_be_made_is_told_with_the_engines_words(pulumi: Pulumi) -> None:
    answer = pulumi("up", "-s", "staging", FAKE_FAILURE="no room")
    assert (answer.returncode, "error: no room" in answer.stderr) == (1, True)


def test_tracked_files_stay_as_they_are(cloud: Cloud, pulumi: Pulumi) -> None:
    before = digests(cloud.folder)
    for line in ("up -s staging", "stack init staging", "config set -s staging a b", "stack rm staging --yes"):
        assert pulumi(*line.split()).returncode == 0
    assert digests(cloud.folder) == before


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def test_what_was_set_locally_goes_with_the_stack(cloud: Cloud, pulumi: Pulumi) -> None:
    pulumi("up", "-s", "staging")
    assert list(cloud.home.stacks.rglob("Pulumi.staging.yaml"))
    pulumi("destroy", "-s", "staging", "--remove", "--yes")
    assert list(cloud.home.stacks.rglob("Pulumi.staging.yaml")) == []


def test_a_failed_step_ends_the_call_with_its_status(pulumi: Pulumi, log: Path) -> None:
    pulumi("up", "-s", "staging")
    assert pulumi("destroy", "-s", "staging", "--remove", FAKE_STATUS="8").returncode == 8
    assert not any("stack rm" in line for line in calls(log))


def test_another_folders_project_keeps_its_files_apart(cloud: Cloud, pulumi: Pulumi, log: Path) -> None:
    other = cloud.folder / "examples" / "spa"
    other.mkdir(parents=True)
    (other / "Pulumi.yaml").write_text("name: spa\nruntime: python\n")
    (other / "Pulumi.staging.yaml").write_text("config: {spa:a: 1}\n")
    pulumi("-C", "examples/spa", "up", "-s", "staging")
    assert str(cloud.home.stacks / "spa" / "Pulumi.staging.yaml") in calls(log)[-1]
    assert not (cloud.home.stacks / "salon" / "Pulumi.staging.yaml").exists()


def test_the_stack_of_the_environment_counts(pulumi: Pulumi, log: Path) -> None:
    pulumi("preview", PULUMI_STACK="staging")
    assert "Pulumi.staging.yaml" in calls(log)[-1]


def test_the_version_is_asked_once_for_a_cli(pulumi: Pulumi, log: Path, fake_cli: Path) -> None:
    pulumi("whoami")
    pulumi("whoami")
    asked = log.with_name("calls.versions")
    assert asked.read_text() == "asked\n"
    os.utime(fake_cli / "pulumi", (1, 1))
    pulumi("whoami")
    assert asked.read_text() == "asked\nasked\n"


def test_outside_localclouds_environment_nothing_is_run(pulumi: Pulumi, log: Path) -> None:
    answer = pulumi("up", PULUMI_BACKEND_URL="")
    assert (answer.returncode, "real stacks" in answer.stderr) == (1, True)
    assert not log.exists()


def test_an_old_cli_gives_way_to_the_embedded_engine_with_a_line(pulumi: Pulumi, log: Path) -> None:
    answer = pulumi("version", FAKE_VERSION="v3.226.1")
    assert (answer.returncode, "embedded" in answer.stdout) == (0, True)
    (line,) = answer.stderr.splitlines()
    assert "3.226.1" in line
    assert "3.227 or newer is needed" in line
    assert not log.exists()


def test_without_a_cli_the_embedded_engine_runs_silently(cloud: Cloud, pulumi: Pulumi) -> None:
    answer = pulumi("version", PATH=os.pathsep.join([str(cloud.home.bin), cloud.env["PATH"]]))
    assert (answer.returncode, "embedded" in answer.stdout, answer.stderr) == (0, True, "")


@pytest.mark.parametrize(
    ("version", "is_cli"),
    [("3.227.0", True), ("3.260.0", True), ("4.0.1-dev.7", True), ("3.226.9", False), ("2.999.0", False), ("", False)],
)
def test_the_engine_is_the_cli_when_that_is_new_enough(version: str, is_cli: bool) -> None:
    engine = decide(Path("/x/pulumi"), version)
    assert (engine.cli is not None, engine.note == "") == (is_cli, is_cli)


def test_without_a_cli_there_is_nothing_to_say() -> None:
    assert decide(None, None).note == ""
    assert parse_version("three") is None


def test_the_engine_has_a_name_to_show(env: Mapping[str, str], cloud: Cloud, fake_cli: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_VERSION", "v3.260.0")
        patch.setenv("FAKE_LOG", env["FAKE_LOG"])
        assert engine_name(env) == f"pulumi 3.260.0 ({fake_cli}/pulumi)"
    assert "embedded" in engine_name({**env, "PATH": cloud.env["PATH"]})


def test_another_homes_launcher_is_not_taken_for_the_cli(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "pulumi").write_text(f"#!/bin/sh\n# {MARK}\n")
    (tmp_path / "pulumi").chmod(0o755)
    assert choose_engine(cloud.home, {"PATH": str(tmp_path)}).cli is None


def test_the_launcher_for_commands_steps_back_for_the_real_plugin(cloud: Cloud, tmp_path: Path) -> None:
    env = {"PATH": str(cloud.home.bin), "PULUMI_HOME": str(tmp_path)}
    cloud.home.make()
    write_launchers(cloud.home, env)
    assert not has_real_plugin("command", env)
    assert (cloud.home.bin / "pulumi-resource-command").exists()
    plugin = tmp_path / "plugins" / "resource-command-v1.2.3" / "pulumi-resource-command"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    write_launchers(cloud.home, env)
    assert {path.name for path in cloud.home.bin.iterdir()} == {"pulumi", "pulumi-resource-aws"}


def test_a_launcher_runs_its_module_with_this_interpreter(cloud: Cloud) -> None:
    cloud.home.make()
    write_launchers(cloud.home, cloud.env)
    text = (cloud.home.bin / "pulumi-resource-aws").read_text()
    assert f'{sys.executable} -P -m localcloud.warm.provider aws "$@"' in text


def test_a_shell_that_was_kept_over_a_down_is_told_so_at_once(cloud: Cloud, pulumi: Pulumi) -> None:
    cloud.home.ports.write_text("{}")
    answer = pulumi("preview", "--stack", "staging")
    assert answer.returncode != 0
    assert answer.stderr == f"error: localcloud is not up in {cloud.home.root}: run `python -m localcloud up`\n"
