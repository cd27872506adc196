"""What a wanted stamp means for the jobs of a branch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.preflight.builds import let_builds_end
from components.settings.models import BuildSettings, Settings
from hosting.builds import BuildRequest, Step, build, cancel_builds, next_step, running_build, wait_until_idle
from hosting.errors import HostingError
from hosting.jobs import Builds, Job
from hosting.lookups import HostedBranch
from hosting.start_build import stack_from
from tests.hosting.fakes import Amplify, Time, aws, refusal


def job(status: str, stamp: str | None = None, job_id: str = "1") -> Job:
    return Job(id=job_id, status=status, stamp=stamp)


@pytest.mark.parametrize(
    ("jobs", "step"),
    [
        ([], Step.START),
        ([job("SUCCEED", "s")], Step.DONE),
        ([job("SUCCEED", "other")], Step.START),
        ([job("FAILED", "s")], Step.START),
        ([job("CANCELLED", "s")], Step.START),
        ([job("SUCCEED"), job("SUCCEED", "s")], Step.DONE),
        ([job("SUCCEED", "other"), job("SUCCEED", "s")], Step.START),
        ([job("RUNNING", "s")], Step.ATTACH),
        ([job("RUNNING", "other"), job("SUCCEED", "s")], Step.WAIT),
        ([job("PENDING")], Step.WAIT),
        ([job("PONDERING", "s")], Step.ATTACH),
    ],
)
def test_the_newest_jobs_decide(jobs: list[Job], step: Step) -> None:
    assert next_step(jobs, "s")[0] is step


@pytest.mark.parametrize(
    ("over", "step"),
    [
        ("", Step.DONE),
        ("6", Step.DONE),
        ("8", Step.START),
        ("2026-11-20T12:00:00+00:00", Step.DONE),
    ],
)
def test_what_was_built_before_something_else_is_built_anew(over: str, step: Step) -> None:
    jobs = [job("SUCCEED", None, "8"), job("SUCCEED", "s", "7"), job("SUCCEED", "other", "6")]
    assert next_step(jobs, "s", over)[0] is step


def test_the_message_of_a_job_tells_the_stamp_that_it_was_started_for() -> None:
    read = Job.from_api({"jobId": "7", "status": "RUNNING", "commitMessage": "environments stamp=abc"})  # type: ignore[typeddict-item]
    assert (read.stamp, read.ended) == ("abc", False)
    assert Job.from_api({"jobId": "8", "status": "SUCCEED", "commitMessage": "push"}).stamp is None  # type: ignore[typeddict-item]


def running(stamp: str = "") -> dict[str, Any]:
    return {"jobId": "1", "status": "RUNNING", "commitMessage": f"environments stamp={stamp}" if stamp else "a push"}


def test_a_running_job_of_the_same_stamp_is_attached_to() -> None:
    amplify = Amplify(jobs=[running("s")])
    assert build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s"), Time().clock()).id == "1"
    assert len(amplify.jobs) == 1


def test_a_branch_that_was_rolled_back_during_the_wait_is_neither_changed_nor_built() -> None:
    amplify, held = Amplify(jobs=[running()]), {"pulumi:held": "build 1 since 2026-11-20T12:00:00Z"}
    settings = cast("Settings", SimpleNamespace(build=BuildSettings()))  # all that is read of them
    branch = HostedBranch(app_id="a", name="b", stage="NONE", auto_build=True, variables={}, tags={})
    let_builds_end(aws(amplify), branch, settings)
    amplify.tags.update(held)
    with pytest.raises(HostingError, match="b was rolled back meanwhile and is held at build 1 since"):
        let_builds_end(aws(amplify), branch, settings)
    with pytest.raises(HostingError, match="run `python -m ops rollback qa` once more"):
        build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s", stack="qa"), Time().clock())
    assert len(amplify.jobs) == 1


def test_a_running_job_of_something_else_is_waited_for_and_followed() -> None:
    amplify, time = Amplify(jobs=[running()]), Time()
    assert build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s"), time.clock()).id == "2"
    assert time.said == [
        "build 1 of b: RUNNING", "build 1 of b: SUCCEED", "build 2 of b: PENDING", "build 2 of b: RUNNING",
        "build 2 of b: SUCCEED",
    ]  # fmt: skip


def test_a_start_whose_reply_was_lost_is_found_and_not_repeated() -> None:
    amplify = Amplify(loses_reply=True)
    assert build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s"), Time().clock()).status == "SUCCEED"
    assert len(amplify.jobs) == 1


def test_a_build_that_is_not_waited_for_is_left_as_it_was_started() -> None:
    request = BuildRequest(app_id="a", branch="b", stamp="s", wait=False)
    assert build(aws(Amplify()), request, Time().clock()).status == "PENDING"


def test_a_failed_build_is_an_error_with_its_step_and_log() -> None:
    amplify = Amplify(course=("PENDING", "FAILED"))
    with pytest.raises(
        HostingError, match=r"FAILED in step BUILD; its log: LOG \(python -m ops build qa log 1 prints it"
    ):
        build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s", stack="qa"), Time().clock())


@pytest.mark.parametrize("stamp", ["s", "other"])
def test_a_job_that_does_not_end_is_waited_for_until_the_deadline_and_named(stamp: str) -> None:
    amplify, time = Amplify(jobs=[running(stamp)], course=("RUNNING",)), Time()
    with pytest.raises(HostingError, match="build 1 of b is still RUNNING after 60 s: it goes on"):
        build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s", deadline=60), time.clock())
    assert 60 <= time.at < 70


def test_a_build_that_takes_its_time_is_told_of_once_a_minute() -> None:
    amplify, time = Amplify(jobs=[running("s")], course=("RUNNING",)), Time()
    with pytest.raises(HostingError, match="still RUNNING"):
        build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s", deadline=1200), time.clock())
    assert 17 <= len(time.said) <= 21
    assert time.said[1].startswith("build 1 of b: RUNNING, 6")


def test_a_branch_is_idle_when_its_running_job_has_ended() -> None:
    amplify = Amplify(jobs=[running()])
    wait_until_idle(aws(amplify), Builds(app_id="a", branch="b"), Time().clock())
    assert amplify.jobs[0]["status"] == "SUCCEED"


def test_a_branch_that_does_not_become_idle_is_told_at_the_deadline() -> None:
    amplify = Amplify(jobs=[running()], course=("RUNNING",))
    with pytest.raises(HostingError, match="still RUNNING after 5 s"):
        wait_until_idle(aws(amplify), Builds(app_id="a", branch="b", deadline=5), Time().clock())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("LimitExceededException", "Concurrent job limit reached"),
        ("ThrottlingException", "Rate exceeded"),
        ("BadRequestException", "Rate exceeded while calling StartJob"),
    ],
)
def test_a_spent_quota_is_waited_out_and_told(code: str, message: str) -> None:
    amplify, time = Amplify(refusals=[refusal(code, message)] * 3), Time()
    assert build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s"), time.clock()).status == "SUCCEED"
    assert sum(message in line for line in time.said) == 1
    assert len(amplify.jobs) == 1


def test_a_quota_that_stays_spent_is_told_at_the_deadline() -> None:
    amplify, time = Amplify(refusals=[refusal("LimitExceededException", "Concurrent job limit")] * 999), Time()
    with pytest.raises(HostingError, match="Concurrent job limit"):
        build(aws(amplify), BuildRequest(app_id="a", branch="b", stamp="s", deadline=60), time.clock())
    assert 60 <= time.at < 70


def test_what_runs_is_cancelled_and_its_end_awaited() -> None:
    amplify = Amplify(jobs=[running()])
    ended = cancel_builds(aws(amplify), Builds(app_id="a", branch="b"), Time().clock())
    assert [job.status for job in ended] == ["CANCELLED"]
    assert cancel_builds(aws(amplify), Builds(app_id="a", branch="b"), Time().clock()) == []


def test_a_job_that_is_ending_already_is_only_waited_for() -> None:
    amplify = Amplify(jobs=[{**running(), "status": "CANCELLING"}], course=("CANCELLING", "CANCELLED"))
    ended = cancel_builds(aws(amplify), Builds(app_id="a", branch="b"), Time().clock())
    assert [job.status for job in ended] == ["CANCELLED"]


def test_a_branch_that_is_not_there_is_told_with_what_makes_it(moto: None) -> None:
    amplify, gone = Amplify(), refusal("NotFoundException", "Branch b not found.")
    amplify.refusals = [amplify.exceptions.NotFoundException(gone.response, "ListJobs")]
    with pytest.raises(HostingError, match=r"Amplify has no branch b: .* `pulumi up -s qa` makes it"):
        running_build(aws(amplify), Builds(app_id="a", branch="b", stack="qa"))


def test_the_build_trigger_knows_its_stack_for_the_commands_that_it_names() -> None:
    assert stack_from({"BUILD_HISTORY": "/nailit/.deployments/staging"}) == "staging"
