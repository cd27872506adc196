"""`ops build STACK ACTION`: the jobs of an environment's branch, as one starts, watches, ends and repeats them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import typer

from components.variables import set_by_hand
from hosting.builds import cancel_builds, newest_build, running_build, succeeded, wait_for
from hosting.holds import held_at
from hosting.jobs import Job, JobStep, list_jobs, read_job
from hosting.logs import read_log
from hosting.lookups import branch_of, parameter_values
from hosting.moments import now
from hosting.patience import Patience
from hosting.retries import retry_build
from ops.masking import without_secrets
from ops.progress import insist, progress
from ops.pulumi import OpsError, Pulumi
from ops.retrying import permit_of, unheld
from ops.tables import columns
from ops.target import Target, find_target
from ops.verifying import require

FORCE = "build.force"
_SHOWN = 10


class Action(StrEnum):
    START = "start"
    STATUS = "status"
    CANCEL = "cancel"
    RETRY = "retry"
    LOG = "log"


def act(stack: str, action: Action, job_id: str | None, *, accept_table_loss: bool = False) -> None:
    """Does ``action``; ``job_id`` is for those that are about one job, ``accept_table_loss`` for a retry."""
    if job_id is not None and not job_id.isdigit():
        raise OpsError(f"{job_id} is not the number of a build: `status` lists them")
    if job_id is not None and action in (Action.START, Action.STATUS):
        raise OpsError(
            f"{action} is about no build of its own, and {job_id} is the number of one: leave it out, or say retry, "
            "cancel or log; nothing was done"
        )
    pulumi = Pulumi(stack=stack)
    if action is Action.START:
        start(pulumi)
    elif action is Action.STATUS:
        status(find_target(pulumi))
    elif action is Action.CANCEL:
        cancel(find_target(pulumi), job_id)
    elif action is Action.RETRY:
        retry(find_target(pulumi), job_id, accept_table_loss=accept_table_loss)
    else:
        log(find_target(pulumi), job_id)


def start(pulumi: Pulumi) -> None:
    """An up with a new `build.force`, and not a job behind the stack's back.

    Such a job would have no stamp, the stack's outputs would name an older one, and it would be built without what the
    files say and the cloud does not have yet.
    """
    pulumi.set(FORCE, now())
    pulumi.up(seen=False)
    target = find_target(pulumi)
    job = None if target.build.wait else insist(lambda: newest_build(target.aws, target.builds))
    if job is not None:  # the settings have an up leave it to itself, and here it was asked for
        ended = wait_for(target.aws, target.builds, job, Patience.of(target.builds.deadline, progress()))
        require(target, succeeded(target.aws, target.builds, ended, "What is served is older"))


def status(target: Target) -> None:
    jobs = insist(lambda: list_jobs(target.aws, target.builds))
    held = insist(lambda: held_at(target.aws, target.builds))
    typer.echo(table(jobs[:_SHOWN]) if jobs else f"{target.builds.branch} was never built")
    if held is not None:
        typer.echo(held.told(target.identity.stack))


def cancel(target: Target, job_id: str | None = None) -> None:
    running = insist(lambda: running_build(target.aws, target.builds)) if job_id is not None else None
    if job_id is not None and (running is None or running.id != job_id):
        found = f"build {running.id} does" if running else "none does"
        raise OpsError(f"build {job_id} of {target.builds.branch} does not run, {found}: nothing was cancelled")
    ended = cancel_builds(target.aws, target.builds, progress())
    if not ended:
        typer.echo(f"no build of {target.builds.branch} runs")
    for job in ended:
        typer.echo(f"build {job.id} of {target.builds.branch} ended as {job.status}")


def retry(target: Target, job_id: str | None, *, accept_table_loss: bool) -> None:
    if job_id is None:
        raise OpsError("retry needs the number of a build: `status` lists them")
    insist(lambda: unheld(target))  # before anything is read of the build, or waited for
    permit = permit_of(target, accept_table_loss=accept_table_loss)
    job = retry_build(target.aws, target.builds, job_id, progress(), permit)
    require(target, job)
    typer.echo(f"build {job.id} of {target.builds.branch} built what build {job_id} had built")


def log(target: Target, job_id: str | None) -> None:
    """Prints what its commands have printed, but for the values of the environment's parameters, for those that an
    adopted branch keeps, which may be secret, and for passwords."""
    job, steps = insist(lambda: _job(target, job_id))
    secrets = insist(lambda: _secrets(target))
    typer.echo(f"build {job.id} of {target.builds.branch}: {job.status}", err=True)
    for step in steps:
        typer.echo(f"--- {step.name}: {step.status}", err=True)
        typer.echo(without_secrets(read_log(step), secrets), nl=False)


def _secrets(target: Target) -> list[str]:
    branch = branch_of(target.aws, target.app_id, target.builds.branch)
    kept = {} if branch is None else set_by_hand(branch.variables)
    return [*parameter_values(target.aws, target.identity.parameter_prefix).values(), *kept.values()]


def _job(target: Target, job_id: str | None) -> tuple[Job, list[JobStep]]:
    """That of the number, or the newest."""
    jobs = list_jobs(target.aws, target.builds) if job_id is None else []
    if job_id is None and not jobs:
        raise OpsError(f"{target.builds.branch} was never built: `start` builds it")
    return read_job(target.aws, target.builds, job_id or jobs[0].id)


def table(jobs: Sequence[Job]) -> str:
    """One line each, the newest first; times are UTC."""
    rows = [("build", "status", "kind", "commit", "stamp", "started", "took")]
    rows += [
        (
            job.id,
            job.status,
            job.kind,
            (job.commit or "-")[:10],
            (job.stamp or "-")[:8],
            _moment(job.started),
            _took(job),
        )
        for job in jobs
    ]
    return columns(rows)


def _moment(time: datetime | None) -> str:
    return "-" if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _took(job: Job) -> str:
    if job.started is None or job.ended_at is None:
        return "-"
    return f"{(job.ended_at - job.started).total_seconds():.0f} s"
