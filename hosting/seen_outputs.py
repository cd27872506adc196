"""Which backend a build really used, as build/environment tells it in the build's log: by a hash of the outputs it got.

A build that shares a backend leaves no other trace of it, neither in Amplify nor in CloudFormation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hosting.clients import Aws
from hosting.errors import HostingBusy, HostingError
from hosting.jobs import Builds, Job, list_jobs, read_job
from hosting.logs import read_log

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
    """What the newest build of the branch that succeeded got. Raises HostingBusy where AWS is too busy to tell."""
    builds = Builds(app_id=app_id, branch=branch)
    try:
        job = next((one for one in list_jobs(aws, builds) if one.succeeded), None)
    except HostingBusy:
        raise
    except HostingError as error:  # such as a backend whose branch is gone, or was never in Amplify
        return Seen(branch=branch, why=str(error))
    return Seen(branch=branch) if job is None else seen_by(aws, builds, job)


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
