"""Which backend a build really used, as build/environment tells it in the build's log: by a hash of the outputs it got.

A build that shares a backend leaves no other trace of it, neither in Amplify nor in CloudFormation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hosting.clients import Aws
from hosting.errors import HostingBusy, HostingError
from hosting.jobs import Builds, Job, list_jobs, read_job
from hosting.logs import read_log

_ASKED = 5  # builds whose logs are read
_TOLD = re.compile(r"environment: the backend's outputs are ([0-9a-f]{40,64})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a build of ``branch`` got: a hash, None where its log does not tell. ``job`` is empty for no build.

    ``why`` is what kept AWS from telling, empty where it told all there is.
    """

    branch: str
    job: str = ""
    outputs: str | None = None
    why: str = ""


def outputs_in(log: str) -> str | None:
    """The hash that a log tells, the last one where there are several."""
    told = _TOLD.findall(log)
    return told[-1] if told else None


def newest_seen(aws: Aws, app_id: str, branch: str) -> Seen:
    """What the newest build of the branch that tells it got: one that failed later deployed its backend, too. Raises
    HostingBusy where AWS is too busy to tell."""
    builds = Builds(app_id=app_id, branch=branch)
    try:
        jobs = list(_to_be_asked(list_jobs(aws, builds)))
    except HostingBusy:
        raise
    except HostingError as error:  # such as a backend whose branch is gone, or was never in Amplify
        return Seen(branch=branch, why=str(error))
    seen = Seen(branch=branch)
    for job in jobs:
        seen = seen_by(aws, builds, job)
        if seen.outputs is not None:
            break
    return seen


def _to_be_asked(jobs: Sequence[Job]) -> Iterator[Job]:
    """Those that have ended, the newest first, as far as the newest that succeeded."""
    for job in [one for one in jobs if one.ended][:_ASKED]:
        yield job
        if job.succeeded:
            return


def seen_by(aws: Aws, builds: Builds, job: Job) -> Seen:
    """What ``job`` got. Raises HostingBusy where AWS is too busy to tell."""
    try:
        _, steps = read_job(aws, builds, job.id)
        outputs = next((told for step in steps if (told := outputs_in(read_log(step)))), None)
    except HostingBusy:
        raise
    except HostingError as error:  # logs do not stay for ever
        return Seen(branch=builds.branch, job=job.id, why=str(error))
    return Seen(branch=builds.branch, job=job.id, outputs=outputs)
