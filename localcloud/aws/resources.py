"""IAM, DynamoDB and CloudFormation, answered by moto; kept as one, for a stack's resources are in the other two."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import BaseResponse
from moto.dynamodb.responses import DynamoHandler
from moto.iam.responses import IamResponse
from werkzeug.wrappers import Request, Response

from localcloud.aws import actions, resource_memory, stacks
from localcloud.aws.actions import Allowed
from localcloud.aws.errors import not_implemented
from localcloud.aws.moto_call import forward
from localcloud.aws.snapshot import Snapshot

ALLOWED: Final[Mapping[str, Allowed]] = {
    "iam": Allowed(
        reads=frozenset(
            {
                *("GetRole", "ListRoles", "ListRoleTags", "GetRolePolicy", "ListRolePolicies", "GetPolicy"),
                *("GetPolicyVersion", "ListPolicyVersions", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"),
            }
        ),
        writes=frozenset(
            {
                *("CreateRole", "UpdateRole", "UpdateAssumeRolePolicy", "DeleteRole", "TagRole", "UntagRole"),
                *("PutRolePolicy", "DeleteRolePolicy", "CreatePolicy", "DeletePolicy"),
                *("AttachRolePolicy", "DetachRolePolicy"),
            }
        ),
    ),
    "dynamodb": Allowed(
        reads=frozenset(
            {
                *("DescribeTable", "ListTables", "DescribeTimeToLive", "DescribeContinuousBackups"),
                *("ListTagsOfResource", "GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"),
            }
        ),
        writes=frozenset(
            {
                *("CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive", "TagResource", "UntagResource"),
                *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
            }
        ),
    ),
    "cloudformation": stacks.ALLOWED,
}
_HANDLERS: Final[Mapping[str, type[BaseResponse]]] = {
    "iam": IamResponse,
    "dynamodb": DynamoHandler,
    "cloudformation": CloudFormationResponse,
}


class Resources:
    """One request at a time. What is acknowledged is on disk before the answer is; what is refused changed nothing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self.stack_seconds = stacks.SECONDS
        self._restore()

    def answer(self, service: str, request: Request, region: str) -> Response:
        """Let moto answer, after our own checks; AwsError is the refusal to send instead."""
        action = actions.named(service, request)
        if action not in ALLOWED[service]:
            raise not_implemented(f"{service}:{action or 'a request without an action'}")
        with self._lock:
            if action in ALLOWED[service].reads:
                stacks.settle()
                return self._forward(service, request, region)
            return self._write(service, action, request, region)

    def _write(self, service: str, action: str, request: Request, region: str) -> Response:
        try:
            response = self._change(service, action, request, region)
        except BaseException:
            self._restore()
            raise
        if response.status_code < 400:
            self._snapshot.save(resource_memory.dump())
        else:
            self._restore()
        return response

    def _change(self, service: str, action: str, request: Request, region: str) -> Response:
        stacks.settle()
        if service != "cloudformation":
            return self._forward(service, request, region)
        asked = actions.form(request)
        stacks.refuse(action, asked, region)
        if action == "ContinueUpdateRollback":
            return stacks.continue_rollback(asked, region, self.stack_seconds)
        response = self._forward(service, request, region)
        if response.status_code < 400:
            stacks.begin(action, asked, region, self.stack_seconds)
        return stacks.readable(response)

    @staticmethod
    def _forward(service: str, request: Request, region: str) -> Response:
        # IAM has one address for all regions.
        host = service if service == "iam" else f"{service}.{region}"
        return forward(_HANDLERS[service], request, host)

    def seed_stack(self, *, region: str, name: str, body: str, tags: Mapping[str, str]) -> None:
        """Have a stack that was deployed before."""
        with self._lock:
            stacks.make(region, name, body, tags)
            self._snapshot.save(resource_memory.dump())

    def set_stack(self, *, region: str, name: str, status: str, reason: str) -> None:
        """Put a stack into a status, as a deployment that went wrong would.

        Raises:
            AwsError: where there is no such stack.
        """
        with self._lock:
            stacks.put_status(region, name, status, reason)
            self._snapshot.save(resource_memory.dump())

    def _restore(self) -> None:
        resource_memory.restore(self._snapshot.load())
