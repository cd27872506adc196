"""Where the last deployment of a branch is: that of its last job that came as far as DEPLOY."""

from __future__ import annotations

from pathlib import Path

from localcloud.aws.amplify import domains, jobs
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.state import App, Branch
from localcloud.aws.builds.steps import ARTIFACTS
from localcloud.aws.errors import AwsError

_DOMAIN = ".amplifyapp.com"
_INDEX = "index.html"


def by_host(context: Context, host: str) -> tuple[App, Branch] | None:
    """The branch at that host: `<display name>.<app id>.amplifyapp.com`, or a domain that is available."""
    found = ((app, branch) for app in context.state.apps.values() for branch in app.branches.values())
    return next(((app, branch) for app, branch in found if host in _hosts(app, branch, context.now)), None)


def _hosts(app: App, branch: Branch, now: float) -> set[str]:
    available = [domain for domain in app.domains.values() if domains.status(domain, now) == "AVAILABLE"]
    return {f"{branch.fields.get('displayName')}.{app.app_id}{_DOMAIN}", *domains.hosts(available, branch)}


def by_name(context: Context, app_id: str, name: str) -> tuple[App, Branch]:
    """The branch of that app; an AwsError with 404 where there is none."""
    app = context.state.apps.get(app_id)
    if app is None or name not in app.branches:
        raise _missing(f"there is no branch {name} of an app {app_id}")
    return app, app.branches[name]


def file(context: Context, app: App, branch: Branch, path: str) -> Path:
    """The file that the branch's site serves at a path; a folder serves its index.html.

    Raises:
        AwsError: 404 where nothing was deployed, or no such file with it.
    """
    deployed = [job for job in branch.jobs if job.run is not None and job.run.deployed]
    if not deployed:
        raise _missing(f"nothing of the branch {branch.name} was deployed yet")
    root = context.runner.job_folder(jobs.key(app, branch, deployed[-1])) / ARTIFACTS
    found = (root / path.lstrip("/")).resolve()
    found = found / _INDEX if found.is_dir() else found
    if not found.is_relative_to(root.resolve()) or not found.is_file():
        raise _missing(f"the deployment of job {deployed[-1].job_id} has no file /{path.lstrip('/')}")
    return found


def _missing(text: str) -> AwsError:
    return AwsError(404, "NotFound", text)
