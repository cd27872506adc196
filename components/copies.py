"""Copies of parameters where Amplify itself looks for secrets, for the keys that the settings name."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.app import AppReference
from components.parameters import ParametersArgs, Place, declare_parameter
from components.settings.channels import Channel, channel_path
from components.settings.models import Settings


def declare_copies(
    args: ParametersArgs, settings: Settings, app: AppReference, parent: pulumi.Resource
) -> dict[str, aws.ssm.Parameter]:
    """By channel and key, such as ``build_secrets/MAIL_TOKEN``. Their values are those of ``args``."""
    branch = settings.environment.git_branch
    return {
        f"{channel}/{key}": declare_parameter(args, key, _place(args, channel, key, app, branch), parent)
        for channel in Channel
        for key in sorted(set(settings.copied(channel)))
    }


def _place(args: ParametersArgs, channel: Channel, key: str, app: AppReference, git_branch: str) -> Place:
    def name(app_id: str) -> str:
        return f"{channel_path(channel, app_id, git_branch)}/{key}"

    return Place(
        logical=args.identity.name(f"{channel.replace('_', '-')}-{key}"),
        name=pulumi.Output.from_input(app.id).apply(name),
        known=name(app.found_id) if app.found_id is not None else None,
    )
