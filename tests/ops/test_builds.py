"""The commands about builds: what they refuse, and what they do not print."""

from __future__ import annotations

import pytest

from ops import builds
from ops.builds import Action, act, log, status
from ops.pulumi import OpsError
from tests.hosting import fakes
from tests.ops.test_rolling_back import target


@pytest.mark.parametrize("action", [Action.START, Action.STATUS])
def test_a_number_of_a_build_that_would_be_passed_over_is_refused(action: Action) -> None:
    with pytest.raises(OpsError, match=f"{action} is about no build of its own, and 12 is the number of one"):
        act("staging", action, "12")


def test_a_log_has_no_value_that_an_adopted_branch_has_kept(
    moto: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {"THEIRS": "set-by-hand", "KEPT_VARIABLES": "THEIRS", "LOG_LEVEL": "info"}
    job = {"jobId": "1", "status": "SUCCEED", "commitId": "HEAD", "jobType": "RELEASE"}
    monkeypatch.setattr(builds, "read_log", lambda _: "info: theirs is set-by-hand\n")
    log(target(fakes.aws(fakes.Amplify(jobs=[job], variables=kept)), "logged"), None)
    assert capsys.readouterr().out == "info: theirs is ***\n"


def test_the_list_of_builds_tells_that_an_environment_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    job = {"jobId": "1", "status": "SUCCEED", "commitId": "HEAD", "jobType": "RELEASE"}
    held = {"pulumi:held": "build 1 since 2026-11-20T12:00:00Z"}
    for tags in ({}, held):
        status(target(fakes.aws(fakes.Amplify(jobs=[job], tags=tags)), "s"))
    said = "s was rolled back and is held at build 1 since 2026-11-20T12:00:00Z: pushes do not build"
    assert capsys.readouterr().out.count(said) == 1
