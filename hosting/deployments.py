"""What was deployed with which configuration: the history that a rollback reads.

It is one SSM parameter of an environment, a version for each note: so it outlives a lost state and a lost machine, its
notes cannot overwrite one another, AWS itself drops the oldest of a hundred, and it costs nothing. It is encrypted, for
a variable that was set by hand may be a secret; parameters are named with their versions, which SSM keeps, too.
What AWS says of a job (its commit, its end) is noted as well, for its logs go before its history does.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from hosting.clients import Aws
from hosting.errors import explained
from hosting.jobs import Builds, Job
from hosting.lookups import existing_branch, parameter_version, parameter_versions

_LIMIT = 4096  # bytes of a standard parameter
_PACKED = "z:"
BY_HAND = "by hand"  # the stamp of a build that nobody stamped, and that may have got what no settings say
PIN = "BUILD_COMMIT"
"""The variable by which a rollback tells a build which commit to build. It is no part of a configuration."""


class Result(StrEnum):
    """How a deployment went. UNVERIFIED: its build succeeded, and what it left was not as it should be; UNSEEN: it
    succeeded, and nobody could look at what it left."""

    STARTED = "STARTED"
    SUCCEED = "SUCCEED"
    FAILED = "FAILED"
    UNVERIFIED = "UNVERIFIED"
    UNSEEN = "UNSEEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a build of the branch gets. ``parameters`` are versions by name. ``variables`` is None where it was too long
    to be kept."""

    variables: Mapping[str, str] | None
    parameters: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """``branch`` is the app's id and the Amplify branch's name, ``app/name``: builds of another one count from 1, too.
    ``at`` is when the configuration was there and the build had not begun, by AWS's clock."""

    branch: str
    stamp: str
    result: Result
    configuration: Configuration
    job: str | None = None
    commit: str | None = None
    at: datetime | None = None

    def ended(self, job: Job, commit: str | None, result: Result) -> Deployment:
        return replace(self, job=job.id, commit=commit, result=result)


def configuration_of(aws: Aws, builds: Builds, parameters: Iterable[str]) -> Configuration:
    """The branch's variables and the versions of ``parameters`` as they are now; values are not decrypted."""
    variables = unpinned(existing_branch(aws, builds.app_id, builds.branch).variables)
    return Configuration(variables=variables, parameters=parameter_versions(aws, parameters))


def unpinned(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a configuration among those of a branch."""
    return {key: value for key, value in variables.items() if key != PIN}


def note(aws: Aws, history: str, deployment: Deployment) -> None:
    """Adds a version to the parameter named ``history``, or makes it."""
    with explained(f"noting the deployment in {history}"):
        aws.ssm.put_parameter(Name=history, Value=encoded(deployment), Type="SecureString", Overwrite=True)


def read_history(aws: Aws, history: str, builds: Builds) -> list[Deployment]:
    """Every deployment of the branch that is still kept, the newest first; none where there is no such parameter."""
    with explained(f"reading the deployments in {history}"):
        try:
            pages = list(aws.ssm.get_paginator("get_parameter_history").paginate(Name=history, WithDecryption=True))
        except aws.ssm.exceptions.ParameterNotFound:
            return []
    versions = sorted((one for page in pages for one in page["Parameters"]), key=lambda one: one["Version"])
    found = told_once(decoded(one["Value"], one["LastModifiedDate"]) for one in versions)
    return [one for one in found if one.branch == branch_id(builds)]


def latest_branch(aws: Aws, history: str) -> tuple[str, str] | None:
    """The app's id and the Amplify branch's name of the newest deployment; None where nothing is noted."""
    newest = parameter_version(aws, history)
    noted = None if newest is None else decoded(newest.value, newest.written)
    if noted is None:
        return None
    app_id, _, branch = noted.branch.partition("/")
    return app_id, branch


def branch_id(builds: Builds) -> str:
    """What a deployment has for the branch."""
    return f"{builds.app_id}/{builds.branch}"


def forget(aws: Aws, history: str) -> None:
    """Deletes the history; that there is none is fine."""
    with explained(f"deleting {history}"):
        aws.ssm.delete_parameters(Names=[history])


def told_once(notes: Iterable[Deployment | None]) -> list[Deployment]:
    """The notes, oldest first, as deployments, newest first: how one went belongs to the one that was started."""
    found: list[Deployment] = []
    for one in notes:
        if one is None:
            continue
        if found and _continues(one, found[-1]):
            found[-1] = replace(one, at=found[-1].at)
        else:
            found.append(one)
    return found[::-1]


def _continues(one: Deployment, started: Deployment) -> bool:
    more = one.job is not None or one.result is not Result.STARTED
    return more and started.job is None and started.result is Result.STARTED and started.stamp == one.stamp


def in_force(history: Iterable[Deployment], job: Job) -> Deployment | None:
    """The deployment, of those that are the newest first, whose configuration ``job`` got: also one of a push."""
    return next((one for one in history if _precedes(one, job)), None)


def _precedes(one: Deployment, job: Job) -> bool:
    if one.job is not None:
        return int(one.job) <= int(job.id)
    return one.at is not None and job.started is not None and one.at <= job.started


def newest_other(history: Iterable[Deployment], stamp: str, made: str = "") -> str:
    """Which deployment, of those that are the newest first, is the newest of another stamp: the id of its build, or
    when it began; empty for none. What ``stamp`` is built for has to come after it. Those before ``made`` (RFC 3339)
    are of another branch."""
    other = next((one for one in history if one.stamp != stamp and not _before(one, made)), None)
    if other is None:
        return ""
    return other.job or ("" if other.at is None else other.at.astimezone(UTC).isoformat())


def _before(one: Deployment, made: str) -> bool:
    """A time that somebody has spoiled is none."""
    try:
        return one.at is not None and one.at < datetime.fromisoformat(made)
    except (ValueError, TypeError):  # TypeError for one without a zone
        return False


def built_by_hand(history: Sequence[Deployment], jobs: Iterable[Job], live: Mapping[str, str]) -> Deployment | None:
    """What to note of the branch's newest build, before its variables are put back: that it may have got those which
    somebody set by hand since the last deployment; None where there is nothing new to note.

    ``live`` are the branch's variables. The configuration is that of the last deployment, and the result UNSEEN: when
    the variables were set is not known.
    """
    newest = next((job for job in jobs if job.succeeded), None)
    last = history[0] if history else None
    if newest is None or newest.stamp is not None or last is None or not _precedes(last, newest):
        return None
    if last.job == newest.id or (last.job is not None and last.configuration.variables == live):
        return None  # one without a job has changed the branch, maybe, and built nothing of it
    return replace(last.ended(newest, newest.commit, Result.UNSEEN), stamp=BY_HAND)


def encoded(deployment: Deployment) -> str:
    """JSON, packed where SSM would not take it as it is; without what is too long even then."""
    configuration = deployment.configuration
    shorter = [replace(configuration, variables=None), Configuration(variables=None, parameters={})]
    fitting = (
        text
        for kept in (configuration, *shorter)
        for text in _texts(replace(deployment, configuration=kept))
        if len(text.encode()) <= _LIMIT and "{{" not in text  # which would be a reference
    )
    return next(fitting)


def _texts(deployment: Deployment) -> Iterator[str]:
    plain = json.dumps({key: value for key, value in asdict(deployment).items() if key != "at"}, sort_keys=True)
    yield plain
    yield _PACKED + b64encode(zlib.compress(plain.encode(), 9)).decode()


def decoded(text: str, at: datetime) -> Deployment | None:
    """None for what is not one of our notes."""
    try:
        packed = text.startswith(_PACKED)
        plain = zlib.decompress(b64decode(text.removeprefix(_PACKED))).decode() if packed else text
        return _deployment(json.loads(plain), at)
    except (ValueError, KeyError, TypeError, zlib.error):
        return None


def _deployment(found: Mapping[str, Any], at: datetime) -> Deployment:
    kept = {key: found[key] for key in ("branch", "stamp", "job", "commit")}
    return Deployment(
        **kept, result=Result(found["result"]), configuration=Configuration(**found["configuration"]), at=at
    )
