"""What a push to the repository would do, where somebody says that there was one."""

from __future__ import annotations

import subprocess

from localcloud.aws.amplify import jobs, starting
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.state import App, Branch
from localcloud.aws.errors import AwsError


def push(context: Context, app: App, branch: Branch) -> dict[str, object]:
    """Start a job of the newest commit, which it names; no job where the branch builds none by itself.

    Raises:
        AwsError: for a repository that is not on this machine, or has no such branch.
    """
    if not branch.fields["enableAutoBuild"]:
        return {"job": None}
    commit = {"jobType": "RELEASE", **_newest(app, branch)}
    return {"job": str(jobs.summary(app, branch, starting.begin(context, app, branch, commit), context.now)["jobId"])}


def _newest(app: App, branch: Branch) -> dict[str, str]:
    if not app.is_local:
        raise AwsError(400, "BadControl", f"push: the repository of {app.app_id} is not on this machine")
    folder = app.repository.removeprefix("file://")
    words = ["git", "-C", folder, "log", "-1", "--format=%H%n%cI%n%s", f"refs/heads/{branch.name}", "--"]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    if found.returncode:
        raise AwsError(400, "BadControl", f"push: there is no branch {branch.name} in {folder}")
    commit, time, message = found.stdout.splitlines()
    return {"commitId": commit, "commitTime": time, "commitMessage": message}
