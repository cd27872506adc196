"""The environment's Amplify branch with its stage and plain variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.app import AppReference
from components.naming import Identity
from components.settings.models import EnvironmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchArgs:
    """``existing`` says that the branch is there already: with our tags, or to be adopted."""

    identity: Identity
    app: AppReference
    environment: EnvironmentSettings
    variables: Mapping[str, pulumi.Input[str]]
    tags: Mapping[str, str]
    existing: bool


def declare_branch(args: BranchArgs, parent: pulumi.Resource, after: list[pulumi.Resource]) -> aws.amplify.Branch:
    """``after`` is what its builds need from the first one on."""
    environment = args.environment
    return aws.amplify.Branch(
        args.identity.name("branch"),
        app_id=args.app.id,
        branch_name=environment.git_branch,
        stage=environment.stage.value,
        enable_auto_build=True,
        environment_variables=dict(args.variables),
        tags=dict(args.tags),
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=after,
            protect=environment.production,
            retain_on_delete=environment.adopt,
            import_=f"{args.app.found_id}/{environment.git_branch}" if args.existing else None,
        ),
    )
