"""The Amplify resources as a program declares them. Type tokens are persisted in every stack's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from components.amplify.compute_role_provider import AmplifyComputeRoleProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class AmplifyComputeRoleArgs:
    """``timeout`` in seconds bounds the wait for a build of the branch that runs."""

    app_id: pulumi.Input[str]
    branch: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    timeout: int


class AmplifyComputeRole(Resource, module="amplify", name="ComputeRole"):
    """The role with which Amplify runs a branch's server-side rendering."""

    def __init__(self, name: str, args: AmplifyComputeRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "app_id": args.app_id,
            "branch": args.branch,
            "role_arn": args.role_arn,
            "timeout": args.timeout,
            "before": None,
            "ours": None,
        }
        super().__init__(AmplifyComputeRoleProvider(), name, props, opts)
