"""Jobs of the Amplify emulator, and the clock by which they go."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from localcloud.aws.amplify import timeline
from localcloud.aws.amplify.state import Job
from tests.localcloud.aws.server import Server, wait_for
from tests.localcloud.aws.test_address import refusal


@pytest.fixture
def branch(amplify: Any, app_id: str) -> dict[str, str]:
    amplify.create_branch(appId=app_id, branchName="feature/x", stage="PRODUCTION")
    return {"appId": app_id, "branchName": "feature/x"}


def start(amplify: Any, branch: dict[str, str], **members: Any) -> dict[str, Any]:
    summary: dict[str, Any] = amplify.start_job(**branch, jobType="RELEASE", **members)["jobSummary"]
    return summary


def finished(amplify: Any, branch: dict[str, str], job_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = amplify.get_job(**branch, jobId=job_id)["job"]
        return job if job["summary"]["status"] in ("SUCCEED", "FAILED", "CANCELLED") else None

    job: dict[str, Any] = wait_for(f"the end of job {job_id}", look)
    return job


def test_a_job_begins_pending_and_succeeds(amplify: Any, branch: dict[str, str]) -> None:
    summary = start(amplify, branch, jobReason="test", commitId="abc")
    assert (summary["status"], summary["jobId"], summary["commitId"]) == ("PENDING", "1", "abc")
    job = finished(amplify, branch, "1")
    assert job["summary"]["status"] == "SUCCEED"
    assert [(step["stepName"], step["status"]) for step in job["steps"]] == [
        ("BUILD", "SUCCEED"),
        ("DEPLOY", "SUCCEED"),
        ("VERIFY", "SUCCEED"),
    ]


def test_a_log_can_be_read_at_its_address(amplify: Any, branch: dict[str, str]) -> None:
    start(amplify, branch)
    job = finished(amplify, branch, "1")
    text = requests.get(job["steps"][0]["logUrl"], timeout=5).text
    assert text.startswith("# BUILD of job 1 on branch feature/x: SUCCEED")


def test_a_branch_has_one_active_job(amplify: Any, branch: dict[str, str]) -> None:
    start(amplify, branch)
    status, code, message = refusal(amplify.start_job, **branch, jobType="RELEASE")
    assert (status, code) == (429, "LimitExceededException")
    assert "already have pending or running jobs" in message
    finished(amplify, branch, "1")
    assert start(amplify, branch)["jobId"] == "2"


@pytest.mark.parametrize("step", ["BUILD", "DEPLOY", "VERIFY"])
def test_a_job_that_was_told_to_fail_fails_once(aws: Server, amplify: Any, branch: dict[str, str], step: str) -> None:
    aws.control("PUT", "settings", {"fail_next_job": {f"{branch['appId']}/feature/x": step}})
    start(amplify, branch)
    job = finished(amplify, branch, "1")
    states = {one["stepName"]: one["status"] for one in job["steps"]}
    assert (job["summary"]["status"], states[step]) == ("FAILED", "FAILED")
    start(amplify, branch)
    assert finished(amplify, branch, "2")["summary"]["status"] == "SUCCEED"


def test_an_order_to_fail_can_be_taken_back(aws: Server, amplify: Any, branch: dict[str, str]) -> None:
    key = f"{branch['appId']}/feature/x"
    aws.control("PUT", "settings", {"fail_next_job": {key: "BUILD"}})
    assert key not in aws.control("PUT", "settings", {"fail_next_job": {key: None}})["fail_next_job"]


def test_a_stopped_job_ends_cancelled_and_cannot_be_stopped_again(amplify: Any, branch: dict[str, str]) -> None:
    start(amplify, branch)
    assert amplify.stop_job(**branch, jobId="1")["jobSummary"]["status"] == "CANCELLING"
    assert finished(amplify, branch, "1")["summary"]["status"] == "CANCELLED"
    assert refusal(amplify.stop_job, **branch, jobId="1")[1] == "BadRequestException"


def test_jobs_are_listed_newest_first_in_pages(amplify: Any, branch: dict[str, str]) -> None:
    for number in range(1, 4):
        start(amplify, branch)
        finished(amplify, branch, str(number))
    first = amplify.list_jobs(**branch, maxResults=2)
    assert [job["jobId"] for job in first["jobSummaries"]] == ["3", "2"]
    rest = amplify.list_jobs(**branch, maxResults=2, nextToken=first["nextToken"])
    assert [job["jobId"] for job in rest["jobSummaries"]] == ["1"]
    assert "nextToken" not in rest


def test_a_retry_repeats_the_commit_of_the_job_that_it_names(amplify: Any, branch: dict[str, str]) -> None:
    start(amplify, branch, commitId="abc", commitMessage="words")
    finished(amplify, branch, "1")
    again = amplify.start_job(**branch, jobType="RETRY", jobId="1")["jobSummary"]
    assert (again["jobId"], again["commitId"], again["commitMessage"]) == ("2", "abc", "words")


def test_a_finished_job_shows_in_the_branch_and_in_the_app(amplify: Any, branch: dict[str, str]) -> None:
    start(amplify, branch)
    finished(amplify, branch, "1")
    found = amplify.get_branch(**branch)["branch"]
    assert (found["activeJobId"], found["totalNumberOfJobs"]) == ("0000000001", "1")
    assert amplify.get_app(appId=branch["appId"])["app"]["productionBranch"]["branchName"] == "feature/x"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"jobType": "MANUAL"}, "The requested jobType MANUAL does not support."),
        ({"jobType": "RETRY"}, "jobId"),
        ({"jobType": "RETRY", "jobId": "9"}, "Job 9 not found."),
    ],
)
def test_a_job_that_cannot_be_started_is_refused(
    amplify: Any, branch: dict[str, str], members: dict[str, str], said: str
) -> None:
    assert said in refusal(amplify.start_job, **branch, **members)[2]


def test_an_app_without_a_repository_has_no_release_jobs(amplify: Any) -> None:
    app_id = amplify.create_app(name="bare")["app"]["appId"]
    amplify.create_branch(appId=app_id, branchName="main")
    found = refusal(amplify.start_job, appId=app_id, branchName="main", jobType="RELEASE")
    assert "Operation not supported" in found[2]


def job(**fields: Any) -> Job:
    given = {"job_id": 1, "job_type": "RELEASE", "commit_id": "HEAD", "commit_message": "", "commit_time": 0.0}
    return Job(**{**given, "started": 100.0, "seconds": 10.0, **fields})


@pytest.mark.parametrize(
    ("after", "fields", "status"),
    [
        (0.0, {}, "PENDING"),
        (1.5, {}, "PROVISIONING"),
        (5.0, {}, "RUNNING"),
        (10.0, {}, "SUCCEED"),
        (7.9, {"fails_at": "BUILD"}, "RUNNING"),
        (8.1, {"fails_at": "BUILD"}, "FAILED"),
        (5.5, {"stopped": 105.0}, "CANCELLING"),
        (6.1, {"stopped": 105.0}, "CANCELLED"),
    ],
)
def test_a_status_follows_from_the_clock(after: float, fields: dict[str, Any], status: str) -> None:
    assert timeline.status(job(**fields), 100.0 + after) == status


@pytest.mark.parametrize(
    ("after", "fields", "statuses"),
    [
        (0.0, {}, ["PENDING", "PENDING", "PENDING"]),
        (5.0, {}, ["RUNNING", "PENDING", "PENDING"]),
        (9.0, {}, ["SUCCEED", "RUNNING", "PENDING"]),
        (11.0, {}, ["SUCCEED", "SUCCEED", "SUCCEED"]),
        (11.0, {"fails_at": "BUILD"}, ["FAILED", "CANCELLED", "CANCELLED"]),
        (11.0, {"fails_at": "DEPLOY"}, ["SUCCEED", "FAILED", "CANCELLED"]),
        (11.0, {"stopped": 105.0}, ["CANCELLED", "CANCELLED", "CANCELLED"]),
        (11.0, {"stopped": 100.5}, ["CANCELLED", "CANCELLED", "CANCELLED"]),
    ],
)
def test_the_steps_follow_from_the_clock(after: float, fields: dict[str, Any], statuses: list[str]) -> None:
    assert [step.status for step in timeline.steps(job(**fields), 100.0 + after)] == statuses
