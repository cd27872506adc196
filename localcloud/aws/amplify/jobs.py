"""The operations on jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from localcloud.aws.amplify import timeline
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, Branch, Job, branch_arn
from localcloud.aws.errors import AwsError, bad_request, limit_exceeded, not_found


def start(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    _check_type(app, asked)
    if any(timeline.is_active(job, context.now) for job in branch.jobs):
        raise limit_exceeded(
            f"Failed to start a new job: the branch {branch.name} already have pending or running jobs"
        )
    job = Job(
        job_id=branch.jobs[-1].job_id + 1 if branch.jobs else 1,
        job_type=asked["jobType"],
        reason=asked.get("jobReason", ""),
        **_commit(branch, asked, context.now),
        started=context.now,
        seconds=context.state.job_seconds,
        fails_at=context.state.fail_next_job.pop(f"{app.app_id}/{branch.name}", None),
    )
    branch.jobs.append(job)
    return {"jobSummary": _summary(app, branch, job, context.now)}


def _check_type(app: App, asked: Mapping[str, Any]) -> None:
    kind = asked["jobType"]
    if kind not in ("RELEASE", "RETRY"):
        raise bad_request(f"The requested jobType {kind} does not support.")
    if kind == "RELEASE" and not app.fields["repository"]:
        raise bad_request("Operation not supported. A RELEASE job needs an app that is connected to a repository.")
    if kind == "RETRY" and "jobId" not in asked:
        raise bad_request("A RETRY job needs the jobId of the job that it repeats.")


def _commit(branch: Branch, asked: Mapping[str, Any], now: float) -> dict[str, Any]:
    """A retry repeats the commit of the job that it names; else the commit is what the caller says."""
    if asked["jobType"] == "RETRY":
        old = _find(branch, asked["jobId"])
        return {"commit_id": old.commit_id, "commit_message": old.commit_message, "commit_time": old.commit_time}
    time = asked.get("commitTime", now)
    return {
        "commit_id": asked.get("commitId", "HEAD"),
        "commit_message": asked.get("commitMessage", ""),
        "commit_time": datetime.fromisoformat(time).timestamp() if isinstance(time, str) else float(time),
    }


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = _find(branch, asked["jobId"])
    steps = [_render_step(context, app, branch, job, step) for step in timeline.steps(job, context.now)]
    return {"job": {"summary": _summary(app, branch, job, context.now), "steps": steps}}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    found, more = page(list(reversed(branch.jobs)), asked)
    return {"jobSummaries": [_summary(app, branch, job, context.now) for job in found], **more}


def stop(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = _find(branch, asked["jobId"])
    if not timeline.is_active(job, context.now):
        raise bad_request(f"Job {job.job_id} is not running, it cannot be stopped.")
    job.stopped = job.stopped or context.now
    return {"jobSummary": _summary(app, branch, job, context.now)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = _find(branch, asked["jobId"])
    if timeline.is_active(job, context.now):
        raise bad_request(f"Job {job.job_id} is running, it cannot be deleted.")
    branch.jobs.remove(job)
    return {"jobSummary": _summary(app, branch, job, context.now)}


def log(context: Context, app_id: str, name: str, job_id: str, step: str) -> str:
    """The text behind a step's `logUrl`.

    Raises:
        AwsError: NotFoundException where the app, branch, job or step is missing.
    """
    app = context.state.apps.get(app_id)
    if app is None or name not in app.branches:
        raise not_found(f"Branch {name} of app {app_id} not found.")
    found = [one for one in timeline.steps(_find(app.branches[name], job_id), context.now) if one.name == step]
    if not found:
        raise not_found(f"Step {step} not found.")
    return f"# {step} of job {job_id} on branch {name}: {found[0].status}\n# nothing is built here\n"


def _find(branch: Branch, job_id: str) -> Job:
    for job in branch.jobs:
        if job.job_id == int(job_id):
            return job
    raise _no_job(job_id)


def _no_job(job_id: str) -> AwsError:
    return not_found(f"Job {job_id} not found.")


def _summary(app: App, branch: Branch, job: Job, now: float) -> dict[str, object]:
    over = not timeline.is_active(job, now)
    return {
        "jobArn": f"{branch_arn(app, branch)}/jobs/{job.job_id:010}",
        "jobId": str(job.job_id),
        "commitId": job.commit_id,
        "commitMessage": job.commit_message,
        "commitTime": job.commit_time,
        "startTime": job.started,
        "status": timeline.status(job, now),
        "jobType": job.job_type,
        **({"endTime": timeline.end(job)} if over else {}),
    }


def _render_step(context: Context, app: App, branch: Branch, job: Job, step: timeline.Step) -> dict[str, object]:
    place = f"{app.app_id}/{quote(branch.name, safe='')}/{job.job_id}/{step.name}"
    return {
        "stepName": step.name,
        "status": step.status,
        "startTime": step.started,
        "endTime": step.ended,
        "logUrl": f"{context.address}/_localcloud/logs/{place}",
        **({"statusReason": f"{step.name} was told to fail"} if step.status == "FAILED" else {}),
    }
