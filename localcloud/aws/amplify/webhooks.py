"""The operations on webhooks, and what posting to the address of one does."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from localcloud.aws.amplify import starting
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, Webhook, app_arn
from localcloud.aws.errors import AwsError, bad_request, limit_exceeded, not_found

PATH = "/prod/webhooks"
"""Where the address of a webhook leads to, as it does at Amplify's own host for webhooks."""

_MOST = 50


def create(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, branch = context.state.branch(context.region, asked["appId"], asked["branchName"])
    if len(app.webhooks) >= _MOST:
        raise limit_exceeded(f"You have reached the maximum number of webhooks ({_MOST}) for the app {app.app_id}")
    webhook = Webhook(
        webhook_id=str(uuid4()),
        token=secrets.token_urlsafe(32),
        branch=branch.name,
        description=asked.get("description", ""),
        created=context.now,
        updated=context.now,
    )
    app.webhooks[webhook.webhook_id] = webhook
    return {"webhook": _render(context, app, webhook)}


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"webhook": _render(context, *_find(context, asked["webhookId"]))}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    found, more = page(sorted(app.webhooks.values(), key=lambda webhook: webhook.created), asked)
    return {"webhooks": [_render(context, app, webhook) for webhook in found], **more}


def update(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, webhook = _find(context, asked["webhookId"])
    name = asked.get("branchName", webhook.branch)
    if name not in app.branches:
        raise not_found(f"Branch {name} not found.")
    webhook.branch, webhook.updated = name, context.now
    webhook.description = asked.get("description", webhook.description)
    return {"webhook": _render(context, app, webhook)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app, webhook = _find(context, asked["webhookId"])
    del app.webhooks[webhook.webhook_id]
    return {"webhook": _render(context, app, webhook)}


def posted(context: Context, query: Mapping[str, str]) -> dict[str, object]:
    """Start a build of the webhook's branch, of its newest commit.

    Raises:
        AwsError: for a wrong token, another operation than `startbuild`, or while a build of the branch runs.
    """
    found = [(app, app.webhooks[query["id"]]) for app in context.state.apps.values() if query.get("id") in app.webhooks]
    if not found or not hmac.compare_digest(found[0][1].token, query.get("token", "")):
        raise AwsError(403, "AccessDeniedException", "the webhook's id or token is not right")
    if query.get("operation") != "startbuild":
        raise bad_request("the operation of a webhook is startbuild")
    app, webhook = found[0]
    if webhook.branch not in app.branches:
        raise not_found(f"Branch {webhook.branch} not found.")
    branch = app.branches[webhook.branch]
    starting.begin(context, app, branch, {"jobType": "WEB_HOOK"})
    return {}


def _find(context: Context, webhook_id: str) -> tuple[App, Webhook]:
    for app in context.state.in_region(context.region):
        if webhook_id in app.webhooks:
            return app, app.webhooks[webhook_id]
    raise not_found(f"Webhook {webhook_id} not found.")


def _render(context: Context, app: App, webhook: Webhook) -> dict[str, object]:
    address = f"{context.address}{PATH}?id={webhook.webhook_id}&token={webhook.token}"
    return {
        "webhookArn": f"{app_arn(app)}/webhooks/{webhook.webhook_id}",
        "webhookId": webhook.webhook_id,
        "webhookUrl": address,
        "appId": app.app_id,
        "branchName": webhook.branch,
        "description": webhook.description,
        "createTime": webhook.created,
        "updateTime": webhook.updated,
    }
