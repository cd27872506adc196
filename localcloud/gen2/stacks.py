"""A backend's stack at CloudFormation, deployed and read through boto3 with the job's own credentials."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

_DEADLINE = 120.0  # seconds for a deployment
_PAUSE = 0.05
_DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class DeployError(Exception):
    """A stack is not what it should be; the text says which and why."""


class Stacks:
    """CloudFormation in the region of the environment."""

    def __init__(self) -> None:
        self._client = boto3.client("cloudformation")

    @property
    def region(self) -> str:
        return str(self._client.meta.region_name)

    def outputs(self, name: str) -> dict[str, str] | None:
        """The outputs of a stack that is at rest; None for one that does not exist.

        Raises:
            DeployError: while it is being deployed.
        """
        stack = self._find(name)
        if stack is None:
            return None
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            raise DeployError(f"the stack {name} is being deployed ({stack['StackStatus']}): wait for its end")
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    def deploy(self, name: str, body: str, tags: Mapping[str, str]) -> None:
        """Make the stack, or bring it to this template, and wait for it.

        Raises:
            DeployError: when it does not get there.
        """
        asked: dict[str, Any] = {"StackName": name, "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}
        asked["Tags"] = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
        try:
            if self._find(name) is None:
                self._client.create_stack(**asked)
            elif not self._is(name, body):
                self._client.update_stack(**asked)
        except ClientError as error:
            raise DeployError(f"the stack {name} is not deployed: {error.response['Error']['Message']}") from error
        self._wait(name)

    def _is(self, name: str, body: str) -> bool:
        """Whether the stack has this template already and its last deployment went well: there is nothing to do."""
        stack = self._find(name)
        at_rest = stack is not None and stack["StackStatus"] in _DEPLOYED
        there: object = self._client.get_template(StackName=name)["TemplateBody"] if at_rest else None
        return there == body

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + _DEADLINE
        while (stack := self._find(name)) is not None and stack["StackStatus"].endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise DeployError(f"the stack {name} is still {stack['StackStatus']} after {_DEADLINE:g} s")
            time.sleep(_PAUSE)
        if stack is None or stack["StackStatus"] not in _DEPLOYED:
            status = "gone" if stack is None else stack["StackStatus"]
            raise DeployError(f"the stack {name} is {status}")

    def _find(self, name: str) -> dict[str, Any] | None:
        try:
            found: Any = self._client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise DeployError(f"the stack {name} cannot be read: {error.response['Error']['Message']}") from error
        return dict(found)
