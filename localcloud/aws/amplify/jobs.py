"""The operations on jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from localcloud.aws.amplify import timeline
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, Branch, Job, branch_arn
from localcloud.aws.builds.runner import JobKey
from localcloud.aws.errors import AwsError, bad_request, not_found


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = find(branch, asked["jobId"])
    steps = [_render_step(context, app, branch, job, step) for step in timeline.steps(job, context.now)]
    return {"job": {"summary": summary(app, branch, job, context.now), "steps": steps}}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    found, more = page(list(reversed(branch.jobs)), asked)
    return {"jobSummaries": [summary(app, branch, job, context.now) for job in found], **more}


def stop(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = find(branch, asked["jobId"])
    if not timeline.is_active(job, context.now):
        raise bad_request(f"Job {job.job_id} is not running, it cannot be stopped.")
    job.stopped = job.stopped or context.now
    if job.run is not None:
        job.run.status = "CANCELLING"
        context.runner.stop(key(app, branch, job))
    return {"jobSummary": summary(app, branch, job, context.now)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    job = find(branch, asked["jobId"])
    if timeline.is_active(job, context.now):
        raise bad_request(f"Job {job.job_id} is running, it cannot be deleted.")
    branch.jobs.remove(job)
    context.runner.forget(app.app_id, branch.name, job.job_id)
    return {"jobSummary": summary(app, branch, job, context.now)}


def log(context: Context, app_id: str, name: str, job_id: str, step: str) -> str:
    """The text behind a step's `logUrl`.

    Raises:
        AwsError: NotFoundException where the app, branch, job or step is missing.
    """
    app = context.state.apps.get(app_id)
    if app is None or name not in app.branches:
        raise not_found(f"Branch {name} of app {app_id} not found.")
    job = find(app.branches[name], job_id)
    found = [one for one in timeline.steps(job, context.now) if one.name == step]
    if not found:
        raise not_found(f"Step {step} not found.")
    if job.run is not None:
        kept = context.runner.job_folder(key(app, app.branches[name], job)) / "log" / step
        return kept.read_text(encoding="utf-8", errors="replace") if kept.exists() else ""
    return f"# {step} of job {job_id} on branch {name}: {found[0].status}\n# nothing is built here\n"


def key(app: App, branch: Branch, job: Job) -> JobKey:
    """How the runner knows the job."""
    return JobKey(app_id=app.app_id, branch=branch.name, job_id=job.job_id)


def find(branch: Branch, job_id: str) -> Job:
    """A job of the branch; NotFoundException where there is none."""
    for job in branch.jobs:
        if job.job_id == int(job_id):
            return job
    raise _no_job(job_id)


def _no_job(job_id: str) -> AwsError:
    return not_found(f"Job {job_id} not found.")


def summary(app: App, branch: Branch, job: Job, now: float) -> dict[str, object]:
    """The job as lists of jobs show it."""
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
        **({"statusReason": step.reason} if step.reason else {}),
    }
