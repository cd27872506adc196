"""No change of an Amplify branch while a build of it runs: that would write back the variables which it had read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.progress import tell
from components.settings.models import Settings
from hosting.builds import cancel_builds, newest_build, running_build, wait_until_idle
from hosting.clients import Aws
from hosting.deployments import Deployment, built_by_hand, note, read_history
from hosting.holds import refuse_held
from hosting.jobs import Builds, Job, list_jobs
from hosting.lookups import HostedBranch
from hosting.patience import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The branch as an up makes it, as far as that is read meanwhile. ``own_role`` is this environment's, by ARN."""

    variables: Mapping[str, Any]
    stage: str
    own_role: str
    has_role: bool


def will_change(branch: HostedBranch, wanted: Wanted) -> bool:
    """Whether an up has to change the branch itself. A role that is not ours stays, where we need none."""
    theirs = "" if branch.compute_role == wanted.own_role else branch.compute_role
    role = wanted.own_role if wanted.has_role else theirs
    same = branch.variables == wanted.variables and branch.stage == wanted.stage and branch.auto_build
    return not (same and branch.compute_role == role)


def build_in_the_way(aws: Aws, branch: HostedBranch, settings: Settings) -> str | None:
    """What a preview says about a build that an up would wait for."""
    job = running_build(aws, _builds(branch, settings))
    if job is None:
        return None
    does = "cancels it" if settings.build.running == "cancel" else "waits for its end"
    return f"build {job.id} of {branch.name} is {job.status}: up {does} before it changes the branch"


def failed_unseen(aws: Aws, branch: HostedBranch, settings: Settings) -> str | None:
    """What to say about a build that nobody waited for and that failed; None when builds are waited for."""
    job = None if settings.build.wait else newest_build(aws, _builds(branch, settings))
    if job is None or not job.failed:
        return None
    return f"build {job.id} of {branch.name} ended as {job.status}: `python -m ops build` builds again"


def let_builds_end(aws: Aws, branch: HostedBranch, settings: Settings) -> None:
    """Waits, with progress on stderr, until the branch can be changed; cancels what runs where the settings say so.

    Raises HostingError at the build's deadline, and for a branch that was rolled back in the meantime.
    """
    end = cancel_builds if settings.build.running == "cancel" else wait_until_idle
    builds = _builds(branch, settings)
    end(aws, builds, Clock(say=lambda line: tell(f"waiting for {line}")))
    refuse_held(aws, builds)


def deployments_before(
    aws: Aws, history: str, branch: HostedBranch | None, settings: Settings, wanted: Mapping[str, Any], *, preview: bool
) -> list[Deployment]:
    """Those noted in ``history``, the newest first. A build that may have got variables which an up puts back is noted
    before that, or nothing would tell any more that it has to be built over; a preview only supposes it."""
    if branch is None:
        return []
    builds = _builds(branch, settings)
    noted = read_history(aws, history, builds)
    if branch.variables == wanted:
        return noted
    jobs = list_jobs(aws, builds)
    found = built_by_hand(noted, _as_ended(jobs, settings) if preview else jobs, branch.variables)
    if found is None:
        return noted
    if not preview:
        note(aws, history, found)
    return [found, *noted]


def _as_ended(jobs: Sequence[Job], settings: Settings) -> list[Job]:
    """Those that run as if they had succeeded, or were cancelled: an up sees to that before it looks."""
    status = "CANCELLED" if settings.build.running == "cancel" else "SUCCEED"
    return [job if job.ended else replace(job, status=status) for job in jobs]


def _builds(branch: HostedBranch, settings: Settings) -> Builds:
    stack = branch.tags.get("pulumi:stack", "STACK")
    return Builds(app_id=branch.app_id, branch=branch.name, deadline=settings.build.timeout, stack=stack)
