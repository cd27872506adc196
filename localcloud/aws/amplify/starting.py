"""How a job begins: what is refused, which commit it is for, and what its worker is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localcloud.aws.amplify import environment, jobs, runs, timeline
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.state import App, Branch, Job
from localcloud.aws.builds.order import Order
from localcloud.aws.errors import bad_request, limit_exceeded

_HEAD = "HEAD"
"""What a job has for a commit that was started by the API without one (aws-amplify/amplify-hosting#751)."""

_PROVISIONING = 0.2
"""Share of `job_seconds` that a job which is run for real waits for its build image."""


def start(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    _check_type(app, asked)
    job = begin(context, app, branch, asked)
    return {"jobSummary": jobs.summary(app, branch, job, context.now)}


def _check_type(app: App, asked: Mapping[str, Any]) -> None:
    kind = asked["jobType"]
    if kind not in ("RELEASE", "RETRY"):
        raise bad_request(f"The requested jobType {kind} does not support.")
    if kind == "RELEASE" and not app.repository:
        raise bad_request("Operation not supported. A RELEASE job needs an app that is connected to a repository.")
    if kind == "RETRY" and "jobId" not in asked:
        raise bad_request("A RETRY job needs the jobId of the job that it repeats.")


def begin(context: Context, app: App, branch: Branch, asked: Mapping[str, Any]) -> Job:
    """A new job of the branch, for real where the repository is on this machine.

    Raises:
        AwsError: LimitExceededException while another job of the branch is active, or too many of the account are.
    """
    _check_room(context, branch)
    job = Job(
        job_id=branch.jobs[-1].job_id + 1 if branch.jobs else 1,
        job_type=asked["jobType"],
        reason=asked.get("jobReason", ""),
        **_commit(branch, asked, context.now),
        started=context.now,
        seconds=context.state.job_seconds,
        fails_at=context.state.fail_next_job.pop(f"{app.app_id}/{branch.name}", None),
    )
    if app.is_local:
        job.run = runs.begin(context.now)
        context.runner.start(jobs.key(app, branch, job), _order(context, app, branch, job))
    branch.jobs.append(job)
    return job


def _check_room(context: Context, branch: Branch) -> None:
    if any(timeline.is_active(job, context.now) for job in branch.jobs):
        raise limit_exceeded(
            f"Failed to start a new job: the branch {branch.name} already have pending or running jobs"
        )
    branches = [one for app in context.state.in_region(context.region) for one in app.branches.values()]
    active = sum(timeline.is_active(job, context.now) for one in branches for job in one.jobs)
    if active >= context.state.most_jobs:
        raise limit_exceeded(f"You have reached the maximum number of concurrent jobs ({context.state.most_jobs})")


def _commit(branch: Branch, asked: Mapping[str, Any], now: float) -> dict[str, Any]:
    """A retry repeats the commit of the job that it names; else the commit is what the caller says."""
    if asked["jobType"] == "RETRY":
        old = jobs.find(branch, asked["jobId"])
        return {"commit_id": old.commit_id, "commit_message": old.commit_message, "commit_time": old.commit_time}
    time = asked.get("commitTime", now)
    return {
        "commit_id": asked.get("commitId", _HEAD),
        "commit_message": asked.get("commitMessage", ""),
        "commit_time": datetime.fromisoformat(time).timestamp() if isinstance(time, str) else float(time),
    }


def _order(context: Context, app: App, branch: Branch, job: Job) -> Order:
    state, runner = context.state, context.runner
    path = environment.secrets_path(app, branch)
    secrets = context.secrets(app.region, path, environment.MOST_SECRETS)
    given = environment.whole(app, branch, job, path=runner.path, address=context.address, secrets=secrets)
    return Order(
        folder=str(runner.job_folder(jobs.key(app, branch, job))),
        cache=str(runner.branch_folder(app.app_id, branch.name) / "cache"),
        repository=app.repository,
        branch=branch.name,
        commit="" if state.build_head or job.commit_id == _HEAD else job.commit_id,
        specification=str(branch.fields.get("buildSpec") or app.fields.get("buildSpec") or ""),
        app_root=environment.variables(app, branch).get("AMPLIFY_MONOREPO_APP_ROOT", ""),
        environment=given,
        fails_at=job.fails_at or "",
        provisioning=state.job_seconds * _PROVISIONING,
        timeout=environment.minutes(app, branch) * state.minute_seconds,
    )
