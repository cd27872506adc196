"""What a deployment does before and after its up; what an up does is not looked at here."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hosting.builds import JobFailed
from ops import deployment, verifying
from ops.cli import app
from ops.deployment import Options, deploy
from ops.pulumi import OpsError, Pulumi
from tests.hosting import fakes
from tests.hosting.throttled import throttled
from tests.ops.test_rolling_back import target

PUSH = {"jobId": "2", "status": "CANCELLED", "commitId": "c1" * 20, "jobType": "RELEASE"}
OURS = {"jobId": "1", "status": "SUCCEED", "commitMessage": "environments stamp=1", "jobType": "RELEASE"}


def deployed(monkeypatch: pytest.MonkeyPatch, amplify: fakes.Amplify, busy_at: int = 0) -> list[str]:
    """What was written into the stack file; the up of a stack where that is new builds."""
    written: list[str] = []
    aws, _ = throttled(fakes.aws(amplify), busy_at, ["amplify"])

    def up(_: Pulumi, *, seen: bool) -> None:
        assert not seen
        if written:
            amplify.start_job(jobType="RELEASE", commitMessage="environments stamp=2")

    monkeypatch.setattr(Pulumi, "set", lambda _, path, value: written.append(path))
    monkeypatch.setattr(Pulumi, "up", up)
    monkeypatch.setattr(deployment, "find_target", lambda _: target(aws, "s"))
    monkeypatch.setattr(verifying, "check", lambda _: None)
    monkeypatch.setattr(deployment, "_seed", lambda *_: None)
    deploy("s", Options(pause=False, force=False, seeds=Path(), application=Path()))
    return written


@pytest.mark.parametrize("status", ["CANCELLED", "FAILED"])
def test_after_a_build_of_a_push_that_came_to_nothing_it_builds_though_no_file_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    amplify = fakes.Amplify(jobs=[{**PUSH, "status": status}, dict(OURS)])
    assert deployed(monkeypatch, amplify) == ["build.force"]
    assert [job["status"] for job in amplify.jobs] == ["SUCCEED", status, "SUCCEED"]
    assert f"build 2 of b ended as {status}: the up builds once more" in capsys.readouterr().out


def test_after_a_good_build_nothing_is_written_and_nothing_built(monkeypatch: pytest.MonkeyPatch) -> None:
    amplify = fakes.Amplify(jobs=[dict(OURS)])
    assert (deployed(monkeypatch, amplify), len(amplify.jobs)) == ([], 1)


def test_a_build_of_an_up_that_failed_is_left_to_the_up(monkeypatch: pytest.MonkeyPatch) -> None:
    amplify = fakes.Amplify(jobs=[{**OURS, "status": "FAILED"}])
    with pytest.raises(JobFailed, match="Mend it and deploy again"):
        deployed(monkeypatch, amplify)
    assert len(amplify.jobs) == 1


def test_a_stack_that_was_never_up_is_brought_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OpsError, match="b was never built"):
        deployed(monkeypatch, fakes.Amplify())


@pytest.mark.parametrize("at", range(1, 5))
def test_it_waits_wherever_aws_is_too_busy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    assert deployed(monkeypatch, fakes.Amplify(jobs=[dict(OURS)]), at) == []
    assert "; waiting" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["deploy", "s"], ["rollout"], ["seed", "s"]])
def test_a_folder_of_data_sets_that_is_not_there_is_told_before_anything_is_done(command: list[str]) -> None:
    refused = CliRunner().invoke(app, [*command, "--seeds", "seedz"])
    assert (refused.exit_code, "there is no folder seedz; nothing was done" in refused.output) == (2, True)


@pytest.mark.parametrize("words", [["--sandbox", "--force"], ["--app", "shop"]])
def test_an_option_that_would_have_no_effect_is_refused(words: list[str]) -> None:
    refused = CliRunner().invoke(app, ["deploy", "s", *words]).exception
    assert isinstance(refused, OpsError)
    assert str(refused).endswith("nothing was done")
