"""The AWS CLI drives the Amplify emulator. It runs inside this process, for starting it takes longer than a call."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.aws.project import ENDED
from tests.localcloud.aws.repository import new_repository, specification
from tests.localcloud.aws.server import REGION, Server, wait_for

Cli = Callable[..., Any]


@pytest.fixture
def cli(aws: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `aws amplify WORDS`; what it answers."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws.address,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    driver = importlib.import_module("awscli.clidriver").create_clidriver()

    def run(*words: str) -> Any:
        status = driver.main(["amplify", *words, "--output", "json"])
        shown = capsys.readouterr()
        assert status == 0, shown.err
        return json.loads(shown.out or "null")

    return run


def test_the_aws_cli_drives_everything_from_an_app_to_its_end(cli: Cli, tmp_path: Path) -> None:
    new_repository(tmp_path / "source").commit({"amplify.yml": specification("echo built")})
    app = cli("create-app", "--name", "cli", "--repository", str(tmp_path / "source"))["app"]["appId"]
    here = ("--app-id", app, "--branch-name", "main")
    assert cli("create-branch", *here, "--stage", "PRODUCTION", "--environment-variables", "A=1")["branch"]["stage"]
    job = cli("start-job", *here, "--job-type", "RELEASE")["jobSummary"]["jobId"]

    def ended() -> Any:
        found = cli("get-job", *here, "--job-id", job)["job"]
        return found if found["summary"]["status"] in ENDED else None

    done = wait_for("the end of the job", ended, 60)
    assert [(step["stepName"], step["status"]) for step in done["steps"]] == [
        (name, "SUCCEED") for name in ("BUILD", "DEPLOY", "VERIFY")
    ]
    assert [one["jobId"] for one in cli("list-jobs", *here)["jobSummaries"]] == ["1"]
    hook = cli("create-webhook", *here, "--description", "a form")["webhook"]["webhookId"]
    assert cli("get-webhook", "--webhook-id", hook)["webhook"]["branchName"] == "main"
    domain = ("--app-id", app, "--domain-name", "example.com")
    settings = ("--sub-domain-settings", "prefix=www,branchName=main")
    assert cli("create-domain-association", *domain, *settings)["domainAssociation"]["domainName"] == "example.com"
    assert cli("get-domain-association", *domain)["domainAssociation"]["subDomains"][0]["subDomainSetting"]
    cli("delete-domain-association", *domain)
    cli("delete-webhook", "--webhook-id", hook)
    cli("delete-branch", *here)
    cli("delete-app", "--app-id", app)
    assert app not in [one["appId"] for one in cli("list-apps", "--max-results", "50")["apps"]]
