"""CloudFormation beyond moto: what is refused, statuses that take their time, and rollbacks that are stuck.

Callers hold the lock of `resources.Resources`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from moto.cloudformation.models import Stack, cloudformation_backends
from moto.core.common_models import CloudFormationModel
from werkzeug.wrappers import Response

from localcloud.aws import ACCOUNT
from localcloud.aws.actions import Allowed
from localcloud.aws.errors import AwsError, not_implemented

SECONDS = 0.2
"""How long a stack is in progress, unless it was set otherwise."""

ALLOWED: Final = Allowed(
    reads=frozenset(
        {
            *("DescribeStacks", "ListStacks", "DescribeStackEvents", "DescribeStackResource"),
            *("DescribeStackResources", "ListStackResources", "GetTemplate", "ListExports"),
        }
    ),
    writes=frozenset({"CreateStack", "UpdateStack", "DeleteStack", "ContinueUpdateRollback"}),
)
_TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "CreateStack": frozenset({"StackName", "TemplateBody", "Parameters", "Capabilities", "Tags", "RoleARN"}),
    "UpdateStack": frozenset(
        {"StackName", "TemplateBody", "Parameters", "Capabilities", "Tags", "RoleARN", "UsePreviousTemplate"}
    ),
    "DeleteStack": frozenset({"StackName", "RoleARN"}),
    "ContinueUpdateRollback": frozenset({"StackName", "RoleARN", "ResourcesToSkip"}),
}
_ALWAYS: Final = frozenset({"Action", "Version", "ClientRequestToken"})
_TYPES: Final = frozenset({"AWS::DynamoDB::Table", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"})
_FIXED: Final = frozenset({"AWS::DynamoDB::Table", "AWS::IAM::Role"})
"""Kinds of resources that moto cannot change in place."""

_STUCK: Final = "UPDATE_ROLLBACK_FAILED"
_RESTING: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
_SETTLES: Final = "localcloud_settles"


def refuse(action: str, asked: Mapping[str, str], region: str) -> None:
    """Check a write.

    Raises:
        AwsError: where AWS would refuse it, or where this stand-in has no such thing; nothing has changed then.
    """
    strange = sorted({name.partition(".")[0] for name in asked} - _TAKEN[action] - _ALWAYS)
    if strange:
        raise not_implemented(f"cloudformation:{action} with {', '.join(strange)}")
    stack = _find(region, asked.get("StackName", ""))
    if action in ("UpdateStack", "ContinueUpdateRollback") and stack is None:
        raise _invalid(f"Stack [{asked.get('StackName', '')}] does not exist")
    if stack is not None:
        _refuse_status(action, stack)
    if "TemplateBody" in asked:
        _refuse_template(action, asked["TemplateBody"], stack)


def _refuse_status(action: str, stack: Stack) -> None:
    where = f"Stack:{stack.stack_id} is in {stack.status} state"
    if action == "ContinueUpdateRollback" and stack.status != _STUCK:
        raise _invalid(f"{where} and can not be rolled back: only a stack in {_STUCK} state can be.")
    if action == "UpdateStack" and stack.status not in _RESTING:
        raise _invalid(f"{where} and can not be updated.")
    if action == "DeleteStack" and stack.status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"):
        raise _invalid(f"{where} and can not be deleted.")


def _refuse_template(action: str, body: str, stack: Stack | None) -> None:
    try:
        resources = Stack.parse_template(body)["Resources"]
        kinds = {name: resource["Type"] for name, resource in resources.items()}
    except Exception as error:
        raise _invalid("Template format error: it is no JSON or YAML object with Resources that have a Type") from error
    strange = sorted(set(kinds.values()) - _TYPES)
    if strange:
        raise not_implemented(f"cloudformation:{action} of {', '.join(strange)}")
    before = stack.template_dict["Resources"] if stack and action == "UpdateStack" else {}
    changed = sorted(name for name in before if name in resources and resources[name] != before[name])
    fixed = [name for name in changed if kinds[name] in _FIXED]
    if fixed:
        raise not_implemented(f"cloudformation:{action} that changes {', '.join(fixed)} in place")


def begin(action: str, asked: Mapping[str, str], region: str, seconds: float) -> None:
    """A stack that moto has finished at once is in progress for a while."""
    stack = _find(region, asked["StackName"])
    if action in ("CreateStack", "UpdateStack") and stack is not None:
        _forget_removed(stack)
        word = action.removesuffix("Stack").upper()
        _go(stack, f"{word}_IN_PROGRESS", f"{word}_COMPLETE", seconds)


def _forget_removed(stack: Stack) -> None:
    """moto keeps what an update has deleted for made, and would not make it anew for a template that has it again."""
    kept = stack.resource_map._parsed_resources
    made = {name for name, one in kept.items() if isinstance(one, CloudFormationModel)}  # parameters are there, too
    for name in made - stack.resource_map._resource_json_map.keys():
        del kept[name]


def readable(response: Response) -> Response:
    """An answer that clients of CloudFormation can read: a resource's own service may have refused, in JSON.

    Raises:
        AwsError: what that service said.
    """
    if response.status_code < 400 or not response.get_data(as_text=True).startswith("{"):
        return response
    refusal = json.loads(response.get_data())
    raise _invalid(f"{str(refusal.get('__type', '')).rpartition('#')[2]}: {refusal.get('message', '')}")


def continue_rollback(asked: Mapping[str, str], region: str, seconds: float) -> Response:
    """Let a stuck stack finish its rollback; its resources are as they are, for they never failed here."""
    stack = _found(region, asked["StackName"])
    stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS")
    stack._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
    _go(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", seconds)
    name = "ContinueUpdateRollback"
    space = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
    outcome = f"<{name}Result/><ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata>"
    return Response(f'<{name}Response xmlns="{space}">{outcome}</{name}Response>', content_type="text/xml")


def make(region: str, name: str, body: str, tags: Mapping[str, str]) -> None:
    """A stack with all its resources, complete at once."""
    cloudformation_backends[ACCOUNT][region].create_stack(name=name, template=body, parameters={}, tags=dict(tags))


def put_status(region: str, name: str, status: str, reason: str) -> None:
    """Give a stack a status, at once and until the next act on it."""
    stack = _found(region, name)
    vars(stack).pop(_SETTLES, None)
    stack.status = status
    stack.stack_status_reason = reason  # type: ignore[attr-defined]
    stack._add_stack_event(status, resource_status_reason=reason)


def settle() -> None:
    """Finish what has been in progress for long enough."""
    for backend in cloudformation_backends[ACCOUNT].values():
        for stack in backend.stacks.values():
            ends, status = vars(stack).get(_SETTLES, (None, ""))
            if ends is not None and time.time() >= ends:
                stack.status = status
                del vars(stack)[_SETTLES]


def _go(stack: Stack, now: str, then: str, seconds: float) -> None:
    stack.status = now
    stack.stack_status_reason = ""  # type: ignore[attr-defined]
    vars(stack)[_SETTLES] = (time.time() + seconds, then)


def _find(region: str, name: str) -> Stack | None:
    stacks: Mapping[str, Any] = cloudformation_backends[ACCOUNT][region].stacks
    return next((stack for stack in stacks.values() if name in (stack.name, stack.stack_id)), None)


def _found(region: str, name: str) -> Stack:
    stack = _find(region, name)
    if stack is None:
        raise _invalid(f"Stack [{name}] does not exist")
    return stack


def _invalid(message: str) -> AwsError:
    return AwsError(400, "ValidationError", message)
