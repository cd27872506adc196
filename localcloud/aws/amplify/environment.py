"""What the commands of a job see in their environment. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from localcloud.aws.amplify.state import App, Branch, Job, branch_arn

MOST_SECRETS: Final = 10
"""How many parameters of the branch's path reach a build: one page (aws-amplify/amplify-hosting#3258)."""

_DEFAULT_MINUTES: Final = 30
_ROLE: Final = {
    "AWS_ACCESS_KEY_ID": "ASIALOCALCLOUDBUILD",
    "AWS_SECRET_ACCESS_KEY": "localcloud",
    "AWS_SESSION_TOKEN": "localcloud",
}


def secrets_path(app: App, branch: Branch) -> str:
    """Where the parameters are that a build gets as `secrets`."""
    return f"/amplify/{app.app_id}/{branch.name}/"


def variables(app: App, branch: Branch) -> dict[str, str]:
    """The app's variables under the branch's."""
    return {**_map(app.fields), **_map(branch.fields)}


def _map(fields: Mapping[str, Any]) -> dict[str, str]:
    return dict(fields.get("environmentVariables") or {})


def whole(app: App, branch: Branch, job: Job, *, path: str, address: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """All of it, but for HOME and TMPDIR, which are folders of the job."""
    return {
        "CI": "true",
        "PATH": path,
        **variables(app, branch),
        "AWS_APP_ID": app.app_id,
        "AWS_BRANCH": branch.name,
        "AWS_BRANCH_ARN": branch_arn(app, branch),
        "AWS_CLONE_URL": app.repository,
        "AWS_COMMIT_ID": job.commit_id,
        "AWS_JOB_ID": f"{job.job_id:010}",
        "AWS_REGION": app.region,
        "AWS_DEFAULT_REGION": app.region,
        "AWS_ENDPOINT_URL": address,
        **_ROLE,
        "secrets": json.dumps(dict(secrets)),
    }


def minutes(app: App, branch: Branch) -> float:
    """How long a build may take, by `_BUILD_TIMEOUT`; what is no number of minutes is passed over."""
    text = variables(app, branch).get("_BUILD_TIMEOUT", "")
    return float(text) if text.isdigit() and int(text) > 0 else _DEFAULT_MINUTES
