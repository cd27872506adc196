"""What is done with a branch's jobs: one build for each stamp, waits, an end to what runs, an old commit once more."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from hosting.clients import Aws
from hosting.errors import HostingError
from hosting.holds import refuse_held
from hosting.jobs import Builds, Job, JobStep, list_jobs, read_job, start_release, stop_job
from hosting.logs import unsigned
from hosting.patience import Clock, Patience, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest(Builds):
    """Without ``wait`` the job is started and left to itself. ``over`` is the newest build of anything else, by its id:
    what built the stamp before that one is not served any more."""

    stamp: str
    wait: bool = True
    over: str = ""


class JobFailed(HostingError):
    """``job`` ended, and not as it should have."""

    def __init__(self, text: str, job: Job) -> None:
        super().__init__(text)
        self.job = job


class Step(StrEnum):
    DONE = "done"
    ATTACH = "attach"
    WAIT = "wait"
    START = "start"


def next_step(jobs: Sequence[Job], stamp: str, over: str = "") -> tuple[Step, Job | None]:
    """What a wanted stamp means for a branch's jobs, newest first.

    A running job with the stamp is attached to; one with another stamp is waited for, then asked again; a newest
    job that succeeded for the stamp, later than the job ``over``, is all that was wanted; anything else starts one.
    """
    running = running_of(jobs)
    if running is not None:
        return (Step.ATTACH if running.stamp == stamp else Step.WAIT), running
    newest = _newest_stamped(jobs)
    if newest is not None and newest.stamp == stamp and newest.succeeded and not _is_over(newest, over):
        return Step.DONE, newest
    return Step.START, None


def _is_over(job: Job, over: str) -> bool:
    return over.isdigit() and int(job.id) < int(over)


def running_of(jobs: Sequence[Job]) -> Job | None:
    """The job that runs: there is at most one, the rest are pending."""
    return next((job for job in jobs if not job.ended), None)


def _newest_stamped(jobs: Sequence[Job]) -> Job | None:
    return next((job for job in jobs if job.stamp is not None), None)


def build(aws: Aws, request: BuildRequest, clock: Clock | None = None) -> Job:
    """The job that built the stamp, SUCCEED (or as it was started, without ``wait``).

    Waits while AWS is too busy for it or a quota is spent. Raises HostingError for a held branch, for a job that
    failed, with its step and its log's address, and at the deadline.
    """
    patience = Patience.of(request.deadline, clock)
    for _ in patience.looks():
        step, job = next_step(patience.insist(lambda: list_jobs(aws, request)), request.stamp, request.over)
        if step is Step.START:
            patience.insist(lambda: refuse_held(aws, request))
            job = patience.insist(lambda: start_release(aws, request, request.stamp))
        if job is None:
            continue
        if step is Step.WAIT:
            wait_for(aws, request, job, patience)
        elif step is Step.DONE or not request.wait:
            return job
        else:
            return succeeded(aws, request, wait_for(aws, request, job, patience), "The next up builds again")
    raise not_started(request)


def not_started(builds: Builds) -> HostingError:
    return HostingError(
        f"no build of {builds.branch} could be started within {builds.deadline:.0f} s: run it again, or raise "
        "timeout in the build settings"
    )


def running_build(aws: Aws, builds: Builds) -> Job | None:
    """The job that runs on the branch, if any."""
    return running_of(list_jobs(aws, builds))


def newest_build(aws: Aws, builds: Builds) -> Job | None:
    """The newest job that was started for a stamp."""
    return _newest_stamped(list_jobs(aws, builds))


def wait_until_idle(aws: Aws, builds: Builds, clock: Clock | None = None) -> None:
    """Returns when no job of the branch runs or is pending. Raises HostingError at the deadline."""
    patience = Patience.of(builds.deadline, clock)
    while (job := patience.insist(lambda: running_build(aws, builds))) is not None:
        wait_for(aws, builds, job, patience)


def cancel_builds(aws: Aws, builds: Builds, clock: Clock | None = None) -> list[Job]:
    """Ends what runs or is pending on the branch and waits for its end; the jobs as they ended, none when none ran.

    A job that ends by itself meanwhile is among them with the status that it ended with.
    """
    patience, ended = Patience.of(builds.deadline, clock), []
    while (job := patience.insist(lambda: running_build(aws, builds))) is not None:
        _stop(aws, builds, job, patience)
        ended.append(wait_for(aws, builds, job, patience))
    return ended


def _stop(aws: Aws, builds: Builds, job: Job, patience: Patience) -> None:
    """Asks for the job's end; that Amplify refuses it is fine when the job has ended, or is ending, anyway."""
    if job.status == "CANCELLING":
        return
    try:
        patience.insist(lambda: stop_job(aws, builds, job))
    except HostingError:
        now, _ = patience.insist(lambda: read_job(aws, builds, job.id))
        if not (now.ended or now.status == "CANCELLING"):
            raise


def wait_for(aws: Aws, builds: Builds, job: Job, patience: Patience) -> Job:
    """The job when it has ended, each status told when it comes and then once a minute. Raises HostingError at the
    deadline."""
    told, job_id = Told.from_now(patience.clock), job.id
    for _ in patience.looks():
        if told.last:
            job, _steps = patience.insist(lambda: read_job(aws, builds, job_id))
        told.say(f"build {job.id} of {builds.branch}: {job.status}")
        if job.ended:
            return job
    raise HostingError(
        f"build {job.id} of {builds.branch} is still {job.status} after {builds.deadline:.0f} s: it goes on; "
        "run up again to wait for it, or raise timeout in the build settings"
    )


def succeeded(aws: Aws, builds: Builds, job: Job, then: str) -> Job:
    """``job``, if it did what it should; else JobFailed with its step, its log's address, and ``then``."""
    if job.succeeded:
        return job
    steps: list[JobStep] = []
    with suppress(HostingError):  # that it failed is to be told, even where AWS is too busy to say at what
        _, steps = read_job(aws, builds, job.id)
    bad = next((step for step in steps if step.status in ("FAILED", "CANCELLED")), None)
    log = "none" if bad is None or bad.log is None else unsigned(bad.log)
    where = (
        f" in step {bad.name}; its log: {log} (python -m ops build {builds.stack} log {job.id} prints it)"
        if bad
        else ""
    )
    raise JobFailed(f"build {job.id} of {builds.branch} ended as {job.status}{where}. {then}", job)
