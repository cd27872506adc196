"""The operations on apps."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any

from localcloud.aws.amplify import timeline
from localcloud.aws.amplify.context import Context, check_variables, merge
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, app_arn, is_local
from localcloud.aws.errors import bad_request

_TOKENS = ("accessToken", "oauthToken")
_DEFAULTS: Mapping[str, object] = {
    "description": "",
    "repository": "",
    "platform": "WEB",
    "environmentVariables": {},
    "enableBranchAutoBuild": False,
    "enableBranchAutoDeletion": False,
    "enableBasicAuth": False,
    "customRules": [],
    "enableAutoBranchCreation": False,
    "cacheConfig": {"type": "AMPLIFY_MANAGED_NO_COOKIES"},
    "jobConfig": {"buildComputeType": "STANDARD_8GB"},
}


def create(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    check_variables(asked)
    _check_token(asked)
    return {"app": render(make(context, asked), context.now)}


def make(context: Context, asked: Mapping[str, Any]) -> App:
    """Add an app to the state without asking for a repository's token, which is kept nowhere in any case."""
    app_id = "d" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(13))
    fields = merge(_DEFAULTS, _kept(asked))
    tags = dict(asked.get("tags", {}))
    app = App(app_id=app_id, region=context.region, fields=fields, tags=tags, created=context.now, updated=context.now)
    context.state.apps[app_id] = app
    return app


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"app": render(context.state.app(context.region, asked["appId"]), context.now)}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    apps = sorted(context.state.in_region(context.region), key=lambda app: (app.created, app.app_id))
    found, more = page(apps, asked)
    return {"apps": [render(app, context.now) for app in found], **more}


def update(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    check_variables(asked)
    if asked.get("repository", app.fields["repository"]) != app.fields["repository"]:
        _check_token(asked)
    app.fields = merge(app.fields, _kept(asked))
    app.updated = context.now
    return {"app": render(app, context.now)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    del context.state.apps[app.app_id]
    context.runner.forget(app.app_id)
    _forget_failures(context, app)
    return {"app": render(app, context.now)}


def _forget_failures(context: Context, app: App) -> None:
    for key in [key for key in context.state.fail_next_job if key.startswith(f"{app.app_id}/")]:
        del context.state.fail_next_job[key]


def _kept(asked: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if name not in (*_TOKENS, "appId", "tags")}


def _check_token(asked: Mapping[str, Any]) -> None:
    repository = str(asked.get("repository", ""))
    needs_none = not repository or is_local(repository) or "codecommit" in repository
    if not needs_none and not any(asked.get(name) for name in _TOKENS):
        raise bad_request("You should at least provide one valid token")


def render(app: App, now: float) -> dict[str, object]:
    """The app as the API shows it."""
    return {
        "appId": app.app_id,
        "appArn": app_arn(app),
        "tags": app.tags,
        **app.fields,
        "createTime": app.created,
        "updateTime": app.updated,
        "defaultDomain": f"{app.app_id}.amplifyapp.com",
        **({"repositoryCloneMethod": "TOKEN"} if app.fields["repository"] else {}),
        **_production(app, now),
    }


def _production(app: App, now: float) -> dict[str, object]:
    """The tile of the console: the first branch of stage PRODUCTION with a successful job."""
    for branch in app.branches.values():
        done = [job for job in branch.jobs if timeline.status(job, now) == "SUCCEED"]
        if branch.fields.get("stage") == "PRODUCTION" and done:
            last = timeline.end(done[-1])
            return {"productionBranch": {"branchName": branch.name, "lastDeployTime": last, "status": "SUCCEED"}}
    return {}
