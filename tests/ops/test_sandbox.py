"""Where a developer's sandbox goes: to the account and region that the stack file names."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hosting.backends import secret_path
from hosting.lookups import parameter_value
from ops.sandbox import deploy, in_place, settings_of_aws
from tests.hosting import fakes
from tests.hosting.throttled import throttled
from tests.ops.test_rolling_back import target

KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


def test_the_stack_files_profile_goes_before_keys_of_the_environment() -> None:
    where = settings_of_aws({"aws:region": "us-west-1", "aws:profile": "team", "nailit:build": "{}"})
    assert in_place({**KEYS, "PATH": "/bin", "AWS_REGION": "eu-central-1"}, where) == {
        "PATH": "/bin",
        "AWS_REGION": "us-west-1",
        "AWS_PROFILE": "team",
    }


def test_without_a_profile_the_environments_keys_stay() -> None:
    assert in_place(KEYS, settings_of_aws({"aws:region": "us-west-1"})) == {**KEYS, "AWS_REGION": "us-west-1"}


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment that `ampx` is run with."""
    found: dict[str, str] = {}

    def run(_words: object, *, env: dict[str, str], **_: Any) -> SimpleNamespace:
        found.update(env)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(shutil, "which", lambda _: "/npx")
    monkeypatch.setattr(subprocess, "run", run)
    return found


@pytest.mark.parametrize("at", [1, 2])
def test_what_was_put_there_by_hand_leads_the_sandbox_nowhere_else_and_aws_may_be_busy(
    moto: None, passed: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    (tmp_path / "package.json").write_text('{"name": "app"}')
    aws = fakes.aws(fakes.Amplify(variables={"LOG_LEVEL": "info", "BASH_ENV": "by hand", "PLAIN_NAMES": "LOG_LEVEL"}))
    for name in ("PATH", "LD_PRELOAD", "AWS_ACCESS_KEY_ID", "PARAMETER_PREFIX", "LOG_LEVEL", "GOOD"):
        aws.ssm.put_parameter(Name=f"/p/sandboxed/{name}", Value="by hand", Type="SecureString", Overwrite=True)
    busy, _ = throttled(aws, at)
    deploy(target(busy, "sandboxed"), tmp_path)
    assert (passed["GOOD"], passed["LOG_LEVEL"], passed["PATH"]) == ("by hand", "info", os.environ["PATH"])
    assert [name for name, value in passed.items() if value == "by hand"] == ["GOOD"]
    said = capsys.readouterr().err
    assert "the parameter LD_PRELOAD is passed over: a variable cannot have this name" in said
    assert "the parameter LOG_LEVEL is passed over: the settings have it as a plain variable" in said
    assert "the variable BASH_ENV is passed over" in said
    assert "; waiting" in said


def test_a_secret_of_the_sandbox_is_not_overwritten_without_a_word(
    moto: None, passed: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text('{"name": "app"}')
    aws = fakes.aws(fakes.Amplify())
    aws.ssm.put_parameter(Name="/p/secretive/TOKEN", Value="of the environment", Type="SecureString")
    found = target(aws, "secretive")
    wanted = replace(found.settings.draft, branch_secrets=["TOKEN"])
    mine = replace(found, settings=replace(found.settings, draft=wanted))
    user = pwd.getpwuid(os.getuid()).pw_name
    name = f"{secret_path('app', user, 'sandbox')}/TOKEN"
    for before, told in ((None, False), ("set by hand", True), (None, False)):
        if before is not None:
            aws.ssm.put_parameter(Name=name, Value=before, Type="SecureString", Overwrite=True)
        deploy(mine, tmp_path)
        said = capsys.readouterr().err
        assert (f"your sandbox's secret {name} had another value" in said) == told
        assert parameter_value(aws, name) == "of the environment"
        assert "set by hand" not in said
