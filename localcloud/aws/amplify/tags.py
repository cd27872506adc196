"""The operations on tags, of apps and of branches, which go by ARN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.state import app_arn, branch_arn
from localcloud.aws.errors import AwsError, bad_request

_MOST = 50


def listed(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    return {"tags": _find(context, asked["resourceArn"])}


def tag(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    tags = _find(context, asked["resourceArn"])
    if len({**tags, **asked["tags"]}) > _MOST:
        raise bad_request(f"A resource has at most {_MOST} tags.")
    tags.update(asked["tags"])
    return {}


def untag(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    tags = _find(context, asked["resourceArn"])
    for key in asked["tagKeys"]:
        tags.pop(key, None)
    return {}


def _find(context: Context, arn: str) -> dict[str, str]:
    for app in context.state.in_region(context.region):
        if arn == app_arn(app):
            return app.tags
        for branch in app.branches.values():
            if arn == branch_arn(app, branch):
                return branch.tags
    raise AwsError(404, "ResourceNotFoundException", f"Resource {arn} not found.")
