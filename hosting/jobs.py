"""Amplify's jobs as its API has them: the list of a branch, one job with its steps, start and stop.

A job carries the stamp that it was started for as its commit message. The API takes a reason for a job, too, but gives
it back nowhere; that a message which was given is kept is told in aws-amplify/amplify-hosting#599. Amplify runs one job
of a branch at a time, and says so with the same error as for a spent quota: the message tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError

from hosting.clients import Aws
from hosting.errors import HostingError, explained

if TYPE_CHECKING:
    from mypy_boto3_amplify.type_defs import JobSummaryTypeDef

ENDED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})
_ACTIVE = "already have pending or running jobs"
_MESSAGE = "environments stamp="
_LATEST = 50  # one page, the newest first
_NO_COMMIT = frozenset({"", "HEAD"})  # what a job has that was started by the API: amplify-hosting#751


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """The jobs of one Amplify branch; ``deadline`` in seconds, for all that is waited for. ``stack`` is whose it is,
    for the commands that messages name."""

    app_id: str
    branch: str
    deadline: float = 1800.0
    stack: str = "STACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``commit`` is None where the API does not name it. ``stamp`` is that of what it built: a retry has none,
    for it repeats the message of the job that it repeats, and not its variables."""

    id: str
    status: str
    stamp: str | None
    commit: str | None = None
    kind: str = "RELEASE"
    started: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """A status that is unknown here counts as running."""
        return self.status in ENDED

    @property
    def succeeded(self) -> bool:
        return self.status == "SUCCEED"

    @property
    def failed(self) -> bool:
        return self.ended and not self.succeeded

    @classmethod
    def from_api(cls, data: JobSummaryTypeDef) -> Job:
        message, commit = str(data.get("commitMessage", "")), data.get("commitId", "")
        ours = message.startswith(_MESSAGE) and data.get("jobType") != "RETRY"
        return cls(
            id=data["jobId"],
            status=data["status"],
            stamp=message.removeprefix(_MESSAGE) if ours else None,
            commit=None if commit in _NO_COMMIT else commit,
            kind=data.get("jobType", "RELEASE"),
            started=data.get("startTime"),
            ended_at=data.get("endTime"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """``log`` is a presigned address, good for a while and for whoever has it; None where there is no log yet."""

    name: str
    status: str
    log: str | None


def list_jobs(aws: Aws, builds: Builds) -> list[Job]:
    """The latest 50 of the branch, the newest first. Raises HostingError where there is no such branch."""
    with explained(f"listing the builds of {builds.branch}"):
        try:
            found = aws.amplify.list_jobs(appId=builds.app_id, branchName=builds.branch, maxResults=_LATEST)
        except aws.amplify.exceptions.NotFoundException:
            raise no_branch(builds) from None
    jobs = [Job.from_api(summary) for summary in found["jobSummaries"]]
    return sorted(jobs, key=lambda job: int(job.id), reverse=True)


def no_branch(builds: Builds) -> HostingError:
    return HostingError(
        f"Amplify has no branch {builds.branch}: no up has made it yet, or it was deleted, as `pulumi destroy` does. "
        f"`pulumi up -s {builds.stack}` makes it"
    )


def read_job(aws: Aws, builds: Builds, job_id: str) -> tuple[Job, list[JobStep]]:
    """The job and its steps in their order. Raises HostingError where there is none of that id."""
    missing = f"if there is none, `python -m ops build {builds.stack} status` lists those of {builds.branch}"
    with explained(f"reading build {job_id} of {builds.branch} ({missing})"):
        found = aws.amplify.get_job(appId=builds.app_id, branchName=builds.branch, jobId=job_id)["job"]
    steps = [
        JobStep(name=step["stepName"], status=step["status"], log=step.get("logUrl"))
        for step in found.get("steps") or []
    ]
    return Job.from_api(found["summary"]), steps


def start_release(aws: Aws, builds: Builds, stamp: str) -> Job | None:
    """A job of the branch's newest commit; None when the list of jobs has to tell what became of it (see `_start`)."""
    return _start(aws, builds, "RELEASE", {"jobReason": "the environment changed", "commitMessage": _MESSAGE + stamp})


def start_retry(aws: Aws, builds: Builds, job: Job) -> Job | None:
    """A job that repeats ``job``, with the variables of now; None as of `start_release`."""
    return _start(aws, builds, "RETRY", {"jobId": job.id, "jobReason": f"repeats build {job.id}"})


def stop_job(aws: Aws, builds: Builds, job: Job) -> None:
    with explained(f"stopping build {job.id} of {builds.branch}"):
        aws.amplify.stop_job(appId=builds.app_id, branchName=builds.branch, jobId=job.id)


def _start(aws: Aws, builds: Builds, kind: Literal["RELEASE", "RETRY"], more: Mapping[str, Any]) -> Job | None:
    """A new job; None when another has begun in the meantime, or when the reply was lost: the list of jobs tells."""
    with explained(f"starting a build of {builds.branch}"):
        try:
            reply = aws.amplify.start_job(appId=builds.app_id, branchName=builds.branch, jobType=kind, **more)
        except (AwsConnectionError, HTTPClientError):
            return None
        except ClientError as error:
            if _ACTIVE in str(error):
                return None
            raise
    return Job.from_api(reply["jobSummary"])
