"""What a wanted stamp means for the jobs of a branch."""

from __future__ import annotations

import pytest

from hosting.jobs import Job, Step, next_step


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


def test_the_message_of_a_job_tells_the_stamp_that_it_was_started_for() -> None:
    read = Job.from_api({"jobId": "7", "status": "RUNNING", "commitMessage": "environments stamp=abc"})  # type: ignore[typeddict-item]
    assert (read.stamp, read.ended) == ("abc", False)
    assert Job.from_api({"jobId": "8", "status": "SUCCEED", "commitMessage": "push"}).stamp is None  # type: ignore[typeddict-item]
