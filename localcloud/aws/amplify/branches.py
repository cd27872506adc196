"""The operations on branches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localcloud.aws.amplify import domains
from localcloud.aws.amplify.context import Context, check_variables, merge
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, Branch, branch_arn
from localcloud.aws.errors import bad_request, limit_exceeded

MOST = 50
"""How many branches an app may have; AWS does not raise this one."""

_UNSET_STAGE = "NONE"
"""What the service answers for a branch without a stage, although its own model has no such value."""

_DEFAULTS: Mapping[str, object] = {
    "description": "",
    "stage": _UNSET_STAGE,
    "framework": "",
    "enableNotification": False,
    "enableAutoBuild": True,
    "enableSkewProtection": False,
    "environmentVariables": {},
    "enableBasicAuth": False,
    "enablePerformanceMode": False,
    "enablePullRequestPreview": False,
    "ttl": "5",
}


def create(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    name = str(asked["branchName"])
    _check_room(app, name)
    check_variables(asked)
    fields = merge({**_DEFAULTS, "displayName": re.sub(r"[^0-9a-z-]", "-", name.lower())}, _kept(asked))
    tags = dict(asked.get("tags", {}))
    branch = Branch(name=name, fields=fields, tags=tags, created=context.now, updated=context.now)
    app.branches[name] = branch
    return {"branch": render(app, branch)}


def _check_room(app: App, name: str) -> None:
    if name in app.branches:
        raise bad_request(f"Failed to create branch. The branch {name} already exists for the app {app.app_id}")
    if len(app.branches) >= MOST:
        raise limit_exceeded(f"You have reached the maximum number of branches ({MOST}) for the app {app.app_id}")


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    return {"branch": render(app, branch)}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    found, more = page(sorted(app.branches.values(), key=lambda branch: branch.name), asked)
    return {"branches": [render(app, branch) for branch in found], **more}


def update(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    check_variables(asked)
    branch.fields = merge(branch.fields, _kept(asked))
    branch.updated = context.now
    return {"branch": render(app, branch)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    del app.branches[branch.name]
    context.runner.forget(app.app_id, branch.name)
    context.state.fail_next_job.pop(f"{app.app_id}/{branch.name}", None)
    return {"branch": render(app, branch)}


def _kept(asked: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if name not in ("appId", "branchName", "tags")}


def render(app: App, branch: Branch) -> dict[str, object]:
    """The branch as the API shows it."""
    return {
        "branchArn": branch_arn(app, branch),
        "branchName": branch.name,
        "tags": branch.tags,
        **branch.fields,
        "createTime": branch.created,
        "updateTime": branch.updated,
        "customDomains": domains.hosts(app.domains.values(), branch),
        "activeJobId": f"{branch.jobs[-1].job_id:010}" if branch.jobs else "0",
        "totalNumberOfJobs": str(len(branch.jobs)),
    }
