"""Whether two environments use one backend, told by logs that AWS may be too busy for, or may not have any more."""

from __future__ import annotations

from typing import Any

import pytest

from hosting import seen_outputs
from hosting.jobs import Job
from hosting.verifying import Expected, NotAsExpected, require_verified
from tests.hosting.fakes import Amplify, Time, aws, refusal
from tests.hosting.throttled import throttled

MINE, THEIRS = "a" * 40, "b" * 40
JOB = Job(id="1", status="SUCCEED", stamp="s")
SHARING = Expected(app_id="a", branch="b", source="main")


def one_job(*refusals: Any) -> Amplify:
    jobs = [{"jobId": "1", "status": "SUCCEED", "commitId": "c0ffee" * 6 + "1234", "jobType": "RELEASE"}]
    return Amplify(jobs=jobs, refusals=list(refusals))


def tell(monkeypatch: pytest.MonkeyPatch, *hashes: str) -> None:
    """What the logs tell, in the order in which they are read."""
    told = iter(hashes)
    monkeypatch.setattr(seen_outputs, "read_log", lambda _: f"environment: the backend's outputs are {next(told)}\n")


def test_a_check_that_aws_is_too_busy_for_is_made_when_it_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at, refused = 0, True
    while refused:
        at += 1
        tell(monkeypatch, *([MINE, THEIRS] if at not in (2, 3) else [MINE, MINE, THEIRS]))
        time, (busy, throttling) = Time(), throttled(aws(one_job()), at)
        with pytest.raises(NotAsExpected, match="got other outputs of the backend than build 1 of main"):
            require_verified(busy, SHARING, JOB, time.clock())
        refused = throttling.asked >= at
        assert any("Rate exceeded" in line for line in time.said) == refused, at
    assert at == 4


def test_a_check_that_cannot_be_made_is_said_with_its_reason_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(monkeypatch, MINE)
    time, denied = Time(), refusal("AccessDeniedException", "no amplify:ListJobs")
    require_verified(aws(one_job(denied)), SHARING, JOB, time.clock())
    assert len(time.said) == 1
    assert "not known whether b got the outputs of main: listing the builds of main: " in time.said[0]
    assert "no amplify:ListJobs" in time.said[0]


def test_a_check_that_was_made_and_is_good_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, MINE, MINE)
    time = Time()
    require_verified(aws(one_job()), SHARING, JOB, time.clock())
    assert time.said == []


def test_an_owners_build_that_failed_after_its_backend_is_the_one_to_be_like(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [{"jobId": number, "status": status} for number, status in (("3", "FAILED"), ("2", "SUCCEED"))]
    asked = Amplify(jobs=jobs, course=())
    tell(monkeypatch, THEIRS, MINE)
    assert seen_outputs.newest_seen(aws(asked), "a", "main") == seen_outputs.Seen(
        branch="main", job="3", outputs=THEIRS
    )
    logs = iter(["nothing of it", f"environment: the backend's outputs are {MINE}\n"])
    monkeypatch.setattr(seen_outputs, "read_log", lambda _: next(logs))
    assert seen_outputs.newest_seen(aws(asked), "a", "main").job == "2"
