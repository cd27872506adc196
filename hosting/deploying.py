"""A deployment from its build to its end: noted, built, verified, noted again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from hosting.builds import BuildRequest, JobFailed, build
from hosting.clients import Aws
from hosting.deployments import Deployment, Result, configuration_of, note, read_history
from hosting.errors import HostingError
from hosting.jobs import Builds, Job
from hosting.patience import Clock
from hosting.retries import commit_of
from hosting.verifying import NotAsExpected

Verify = Callable[[Job, Clock], None]
"""Raises NotAsExpected with all that is not as it should be."""


class NotVerified(JobFailed):
    """``job`` succeeded, and what it left is not as it should be."""


class NotLookedAt(JobFailed):
    """``job`` succeeded, and AWS did not let anybody look at what it left: the next run does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where the deployments of an environment are noted, and which SSM parameters belong to its configuration."""

    name: str
    parameters: tuple[str, ...]


def deploy(aws: Aws, request: BuildRequest, history: History, verify: Verify, clock: Clock) -> Job:
    """The job that built the stamp, verified when it was waited for. Raises HostingError for what did not go well."""
    return noted(aws, request, history, request.stamp, lambda: _built(aws, request, verify, clock))


def _built(aws: Aws, request: BuildRequest, verify: Verify, clock: Clock) -> Job:
    job = build(aws, request, clock)
    if request.wait:
        verified(job, verify, clock)
    return job


def verified(job: Job, verify: Verify, clock: Clock) -> None:
    try:
        verify(job, clock)
    except NotAsExpected as error:
        raise NotVerified(str(error), job) from None
    except HostingError as error:
        raise NotLookedAt(f"build {job.id} succeeded, and what it left could not be looked at: {error}", job) from None


def noted(aws: Aws, builds: Builds, history: History, stamp: str, act: Callable[[], Job]) -> Job:
    """What ``act`` returns, noted before and after, and how it went. A build that was there already is noted once."""
    past = read_history(aws, history.name)
    known = replace(past[0], at=None) if past else None
    begun = Deployment(
        stamp=stamp, result=Result.STARTED, configuration=configuration_of(aws, builds, history.parameters)
    )
    if known is None or known.result is not Result.SUCCEED or _plan(known) != _plan(begun):
        note(aws, history.name, begun)
    try:
        job = act()
    except HostingError as error:
        with suppress(HostingError):  # the first error is the one to tell
            note(aws, history.name, _failed(begun, error))
        raise
    ended = begun.ended(job, _commit(aws, builds, job), Result.SUCCEED if job.succeeded else Result.STARTED)
    if ended != known:
        note(aws, history.name, ended)
    return job


def _plan(deployment: Deployment) -> object:
    return deployment.stamp, deployment.configuration


def _failed(begun: Deployment, error: HostingError) -> Deployment:
    if not isinstance(error, JobFailed):
        return replace(begun, result=Result.FAILED)
    results = {NotVerified: Result.UNVERIFIED, NotLookedAt: Result.STARTED}
    return begun.ended(error.job, error.job.commit, results.get(type(error), Result.FAILED))


def _commit(aws: Aws, builds: Builds, job: Job) -> str | None:
    """Known when it can be: a deployment does not fail for its log."""
    try:
        return commit_of(aws, builds, job) if job.succeeded else job.commit
    except HostingError:
        return job.commit
