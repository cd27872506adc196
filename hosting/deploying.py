"""A deployment from its build to its end: noted, built, verified, noted again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from hosting.builds import BuildRequest, JobFailed, build
from hosting.clients import Aws
from hosting.deployments import Deployment, Result, branch_id, configuration_of, note, read_history
from hosting.errors import HostingError
from hosting.jobs import Builds, Job
from hosting.patience import Clock, Patience
from hosting.retries import commit_of
from hosting.verifying import NotAsExpected

_NOTING = 120.0  # seconds for what is read or noted around a build, whatever the build has left of its own time

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
    return noted(aws, request, history, request.stamp, lambda: _built(aws, request, verify, clock), clock)


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


def noted(aws: Aws, builds: Builds, history: History, stamp: str, act: Callable[[], Job], clock: Clock) -> Job:
    """What ``act`` returns, noted before and after, and how it went. A build that was there already is noted once.

    Waits, two minutes before it and two after, while AWS is too busy for that.
    """
    patience = Patience.of(_NOTING, clock)
    past = patience.insist(lambda: read_history(aws, history.name, builds))
    known = replace(past[0], at=None) if past else None
    now = patience.insist(lambda: configuration_of(aws, builds, history.parameters))
    begun = Deployment(branch=branch_id(builds), stamp=stamp, result=Result.STARTED, configuration=now)
    if known is None or known.result is not Result.SUCCEED or _plan(known) != _plan(begun):
        patience.insist(lambda: note(aws, history.name, begun))
    try:
        job = act()
    except HostingError as error:
        failed = _failed(begun, error)
        with suppress(HostingError):  # the first error is the one to tell
            Patience.of(_NOTING, clock).insist(lambda: note(aws, history.name, failed))
        raise
    _note_end(aws, builds, history, begun, known, job, Patience.of(_NOTING, clock))
    return job


def _note_end(
    aws: Aws,
    builds: Builds,
    history: History,
    begun: Deployment,
    known: Deployment | None,
    job: Job,
    patience: Patience,
) -> None:
    result = Result.SUCCEED if job.succeeded else Result.STARTED
    ended = begun.ended(job, _commit(aws, builds, job, patience), result)
    if ended != known:
        patience.insist(lambda: note(aws, history.name, ended))


def _plan(deployment: Deployment) -> object:
    return deployment.stamp, deployment.configuration


def _failed(begun: Deployment, error: HostingError) -> Deployment:
    if not isinstance(error, JobFailed):
        return replace(begun, result=Result.FAILED)
    results = {NotVerified: Result.UNVERIFIED, NotLookedAt: Result.UNSEEN}
    return begun.ended(error.job, error.job.commit, results.get(type(error), Result.FAILED))


def _commit(aws: Aws, builds: Builds, job: Job, patience: Patience) -> str | None:
    """Known when it can be: a deployment does not fail for its log."""
    try:
        return patience.insist(lambda: commit_of(aws, builds, job)) if job.succeeded else job.commit
    except HostingError:
        return job.commit
