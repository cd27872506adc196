"""Where a job stands at a moment. Pure functions of the job's record and the time, in seconds since the epoch.

Only a job that is not run for real goes by the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localcloud.aws.amplify.state import Job
from localcloud.aws.builds.order import STEPS

# Shares of a job's whole time, as (from, to).
_PENDING_UNTIL = 0.1
_PROVISIONING_UNTIL = 0.3
_SHARES: Final = {"BUILD": (0.3, 0.8), "DEPLOY": (0.8, 0.95), "VERIFY": (0.95, 1.0)}
_CANCELLING = 0.1
ACTIVE: Final = frozenset({"CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a job; a step that has not begun or not ended carries the job's start or its own as a time."""

    name: str
    status: str
    started: float
    ended: float
    reason: str = ""


def end(job: Job) -> float:
    """When the job ended; one that goes by the clock, when it will."""
    if job.run is not None:
        return job.run.ended or job.started
    natural = job.started + job.seconds * (_SHARES[job.fails_at][1] if job.fails_at else 1.0)
    return natural if job.stopped is None else min(natural, job.stopped + min(job.seconds * _CANCELLING, 1.0))


def status(job: Job, now: float) -> str:
    """The job's status: PENDING, PROVISIONING, RUNNING, then SUCCEED, FAILED or, by way of CANCELLING, CANCELLED."""
    if job.run is not None:
        return job.run.status
    if job.stopped is not None:
        return "CANCELLED" if now >= end(job) else "CANCELLING"
    if now >= end(job):
        return "FAILED" if job.fails_at else "SUCCEED"
    share = (now - job.started) / job.seconds
    if share < _PENDING_UNTIL:
        return "PENDING"
    return "PROVISIONING" if share < _PROVISIONING_UNTIL else "RUNNING"


def is_active(job: Job, now: float) -> bool:
    return status(job, now) in ACTIVE


def steps(job: Job, now: float) -> list[Step]:
    """The steps as GetJob shows them; those after a failed or stopped one are CANCELLED."""
    if job.run is not None:
        return [Step(**one.model_dump()) for one in job.run.steps]
    return [_step(job, name, now) for name in STEPS]


def _step(job: Job, name: str, now: float) -> Step:
    first, last = (job.started + share * job.seconds for share in _SHARES[name])
    over = status(job, now) in ("FAILED", "CANCELLED")
    if over and first >= end(job):
        return Step(name=name, status="CANCELLED", started=job.started, ended=job.started)
    if now < first:
        return Step(name=name, status="PENDING", started=job.started, ended=job.started)
    if now < min(last, end(job)):
        return Step(name=name, status="RUNNING", started=first, ended=first)
    stopped = job.stopped is not None and last > end(job)
    outcome = "FAILED" if job.fails_at == name else "CANCELLED" if stopped else "SUCCEED"
    reason = f"{name} was told to fail" if outcome == "FAILED" else ""
    return Step(name=name, status=outcome, started=first, ended=min(last, end(job)), reason=reason)
