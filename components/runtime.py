"""What the application may read at run time: a role that reads this environment's parameters, set on its branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import policies
from components.amplify.resources import AmplifyComputeRole, AmplifyComputeRoleArgs
from components.app import AppReference
from components.naming import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeArgs:
    """``existing`` says that the role is there already, with our tags; ``timeout`` is that of a build, in seconds."""

    identity: Identity
    app: AppReference
    branch: aws.amplify.Branch
    tags: Mapping[str, str]
    existing: bool
    timeout: int


def declare_runtime(args: RuntimeArgs, parent: pulumi.Resource) -> AmplifyComputeRole:
    identity, name = args.identity, args.identity.runtime_role
    role = aws.iam.Role(
        identity.name("runtime"),
        name=name,
        assume_role_policy=policies.trust(),
        tags=dict(args.tags),
        opts=pulumi.ResourceOptions(parent=parent, import_=name if args.existing else None),
    )
    document = pulumi.Output.from_input(args.app.arn).apply(
        lambda arn: policies.reading(policies.Account.of(arn), identity.parameter_prefix)
    )
    opts = pulumi.ResourceOptions(parent=parent)
    policy = aws.iam.RolePolicy(identity.name("runtime"), name="parameters", role=role.name, policy=document, opts=opts)
    return AmplifyComputeRole(
        identity.name("runtime"),
        AmplifyComputeRoleArgs(
            app_id=args.app.id, branch=args.branch.branch_name, role_arn=role.arn, timeout=args.timeout
        ),
        pulumi.ResourceOptions(parent=parent, depends_on=[policy, args.branch]),
    )
