"""Amplify jobs: one for each stamp. What to do about a branch's jobs is decided without I/O, then done and waited for.

A job carries the stamp that it was started for as its commit message. The API takes a reason for a job, too, but gives
it back nowhere; that a message which was given is kept is told in aws-amplify/amplify-hosting#599. Amplify runs one job
of a branch at a time, and says so with the same error as for a spent quota: the message tells them apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError

from hosting.clients import Aws
from hosting.errors import HostingError, explain, explained

if TYPE_CHECKING:
    from mypy_boto3_amplify.type_defs import JobSummaryTypeDef

ENDED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})
_ACTIVE = "already have pending or running jobs"
_MESSAGE = "environments stamp="
_LATEST = 50  # one page, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """The jobs of one Amplify branch; ``deadline`` in seconds, for all that is waited for."""

    app_id: str
    branch: str
    deadline: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest(Builds):
    """Without ``wait`` the job is started and left to itself."""

    stamp: str
    wait: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: str
    status: str
    stamp: str | None

    @property
    def ended(self) -> bool:
        """A status that is unknown here counts as running."""
        return self.status in ENDED

    @property
    def failed(self) -> bool:
        return self.ended and self.status != "SUCCEED"

    @classmethod
    def from_api(cls, data: JobSummaryTypeDef) -> Job:
        message = str(data.get("commitMessage", ""))
        stamp = message.removeprefix(_MESSAGE) if message.startswith(_MESSAGE) else None
        return cls(id=data["jobId"], status=data["status"], stamp=stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time as the wait sees it, in seconds, and where it says what it waits for. Pauses grow from ``first``."""

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)
    say: Callable[[str], None] = field(default=print)
    first: float = 0.25
    longest: float = 5.0

    def pauses(self) -> Iterator[float]:
        pause = self.first
        while True:
            yield min(pause, self.longest)
            pause *= 1.5


class Step(StrEnum):
    DONE = "done"
    ATTACH = "attach"
    WAIT = "wait"
    START = "start"


def next_step(jobs: Sequence[Job], stamp: str) -> tuple[Step, Job | None]:
    """What a wanted stamp means for a branch's jobs, newest first.

    A running job with the stamp is attached to; one with another stamp is waited for, then asked again; a newest
    job that succeeded for the stamp is all that was wanted; anything else (failed, none) starts one.
    """
    running = _running(jobs)
    if running is not None:
        return (Step.ATTACH if running.stamp == stamp else Step.WAIT), running
    newest = _newest_stamped(jobs)
    if newest is not None and newest.stamp == stamp and newest.status == "SUCCEED":
        return Step.DONE, newest
    return Step.START, None


def _running(jobs: Sequence[Job]) -> Job | None:
    return next((job for job in jobs if not job.ended), None)


def _newest_stamped(jobs: Sequence[Job]) -> Job | None:
    return next((job for job in jobs if job.stamp is not None), None)


def build(aws: Aws, request: BuildRequest, clock: Clock | None = None) -> Job:
    """The job that built ``stamp``, SUCCEED (or as it was started, without ``wait``).

    Raises HostingError for a job that failed, with its step and the log's address, and at the deadline.
    """
    time_ = clock or Clock()
    end = time_.now() + request.deadline
    for pause in time_.pauses():
        step, job = next_step(_jobs(aws, request), request.stamp)
        if step is Step.START:
            job = _start(aws, request)
        if job is not None and (step is Step.DONE or (step is not Step.WAIT and not request.wait)):
            return job
        if job is not None:
            ended = _wait(aws, request, job, time_, end)
            if step is not Step.WAIT:
                return _succeeded(aws, request, ended)
        elif time_.now() > end:
            break
        else:
            time_.sleep(pause)
    raise HostingError(
        f"no build of {request.branch} could be started within {request.deadline:.0f} s: run up again, or raise "
        "timeout in the build settings"
    )


def running_build(aws: Aws, builds: Builds) -> Job | None:
    """The job that runs on the branch, if any: there is at most one, the rest are pending."""
    return _running(_jobs(aws, builds))


def newest_build(aws: Aws, builds: Builds) -> Job | None:
    """The newest job that was started for a stamp."""
    return _newest_stamped(_jobs(aws, builds))


def wait_until_idle(aws: Aws, builds: Builds, clock: Clock | None = None) -> None:
    """Returns when no job of the branch runs or is pending. Raises HostingError at the deadline."""
    time_ = clock or Clock()
    end = time_.now() + builds.deadline
    while (job := running_build(aws, builds)) is not None:
        _wait(aws, builds, job, time_, end)


def _jobs(aws: Aws, request: Builds) -> list[Job]:
    with explained(f"listing the builds of {request.branch}"):
        found = aws.amplify.list_jobs(appId=request.app_id, branchName=request.branch, maxResults=_LATEST)
    return [Job.from_api(summary) for summary in found["jobSummaries"]]


def _start(aws: Aws, request: BuildRequest) -> Job | None:
    """A new job; None when another has begun in the meantime, or when the reply was lost: the list of jobs tells."""
    try:
        reply = aws.amplify.start_job(
            appId=request.app_id,
            branchName=request.branch,
            jobType="RELEASE",
            jobReason="the environment changed",
            commitMessage=_MESSAGE + request.stamp,
        )
    except (AwsConnectionError, HTTPClientError):
        return None
    except (ClientError, BotoCoreError) as error:
        if _ACTIVE in str(error):
            return None
        raise HostingError(f"starting a build of {request.branch}: {explain(error)}") from None
    return Job.from_api(reply["jobSummary"])


def _wait(aws: Aws, request: Builds, job: Job, clock: Clock, end: float) -> Job:
    said = ""
    for pause in clock.pauses():
        if job.status != said:
            said = job.status
            clock.say(f"build {job.id} of {request.branch}: {said}")
        if job.ended:
            break
        if clock.now() >= end:
            raise HostingError(
                f"build {job.id} of {request.branch} is still {job.status} after {request.deadline:.0f} s: it goes on; "
                "run up again to wait for it, or raise timeout in the build settings"
            )
        clock.sleep(pause)
        job = Job.from_api(_read(aws, request, job.id)["summary"])
    return job


def _succeeded(aws: Aws, request: BuildRequest, job: Job) -> Job:
    if job.status == "SUCCEED":
        return job
    steps = _read(aws, request, job.id).get("steps", [])
    bad = next((step for step in steps if step["status"] in ("FAILED", "CANCELLED")), None)
    where = f" in step {bad['stepName']}; its log: {bad.get('logUrl', 'none')}" if bad else ""
    raise HostingError(f"build {job.id} of {request.branch} ended as {job.status}{where}. The next up builds again")


def _read(aws: Aws, request: Builds, job_id: str) -> Any:
    with explained(f"reading build {job_id} of {request.branch}"):
        return aws.amplify.get_job(appId=request.app_id, branchName=request.branch, jobId=job_id)["job"]
