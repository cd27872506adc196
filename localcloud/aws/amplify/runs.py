"""A job that is run for real: its record, and what each event of its worker makes of it. Pure functions."""

from __future__ import annotations

from localcloud.aws.amplify.state import Run, StepRun
from localcloud.aws.builds.order import STEPS, Event

ENDED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


def begin(now: float) -> Run:
    """The record of a job that nothing has happened to yet."""
    return Run(status="PENDING", steps=[StepRun(name=name, started=now, ended=now) for name in STEPS])


def happened(run: Run, event: Event, now: float) -> None:
    """Take an event into the record; one that comes after the job's end changes nothing."""
    if run.status in ENDED:
        return
    run.commit = event.commit or run.commit
    if event.step:
        _step(run, event, now)
    if event.status in ENDED and (not event.step or event.status != "SUCCEED"):
        _end(run, event.status, now)
    elif run.status != "CANCELLING":
        run.status = "PROVISIONING" if not event.step else "RUNNING"


def _step(run: Run, event: Event, now: float) -> None:
    step = next(one for one in run.steps if one.name == event.step)
    step.started = now if step.status == "PENDING" else step.started
    step.status, step.reason = event.status, event.reason
    step.ended = now if event.status in ENDED else step.started
    run.deployed = run.deployed or (event.step == "DEPLOY" and event.status == "SUCCEED")


def _end(run: Run, status: str, now: float) -> None:
    run.status, run.ended = status, now
    for step in run.steps:
        if step.status not in ENDED:
            step.status = "CANCELLED"


def lost(run: Run, reason: str, now: float) -> None:
    """The worker has gone without having said how the job ended."""
    if run.status not in ENDED:
        step = next((one for one in run.steps if one.status not in ENDED), run.steps[-1])
        stopped = run.status == "CANCELLING"
        happened(run, Event(step=step.name, status="CANCELLED" if stopped else "FAILED", reason=reason), now)
