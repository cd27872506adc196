"""The build trigger: changing variables builds nothing in Amplify, so a command starts a job when the stamp changed.

No ``triggers``, which replace, and no ``delete``, which would run after the new job has begun. Inputs are the same on
every machine; credentials come from the environment of whoever runs Pulumi.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_command as command

from components.naming import Identity
from components.settings.models import BuildSettings
from components.stamp import Stamped, stamp

# The project's own environment, wherever below the checkout the stack files are; else whatever Python is active.
_SCRIPT = (
    "for up in . .. ../..; do "
    'if [ -x "$up/.venv/bin/python" ]; then exec "$up/.venv/bin/python" -m hosting.start_build; fi; '
    "done; exec python3 -m hosting.start_build"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildArgs:
    """``last_reset_at`` is when the database's data was last copied anew, empty for never."""

    identity: Identity
    settings: BuildSettings
    branch: aws.amplify.Branch
    variables: Mapping[str, pulumi.Input[str]]
    parameters: Mapping[str, aws.ssm.Parameter]
    last_reset_at: pulumi.Input[str]
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    stamp: pulumi.Output[str]
    job_id: pulumi.Output[str]
    status: pulumi.Output[str]


def declare_build(args: BuildArgs, parent: pulumi.Resource, after: list[pulumi.Resource]) -> Build:
    """``after`` is what must be done before the build begins."""
    wanted = _stamp(args)
    trigger = command.local.Command(
        args.identity.name("build"),
        create=_SCRIPT,
        environment={
            "BUILD_APP_ID": args.branch.app_id,
            "BUILD_BRANCH": args.branch.branch_name,
            **_settings_of_aws(),
            "BUILD_STAMP": wanted,
            "BUILD_WAIT": "true" if args.settings.wait else "false",
            "BUILD_TIMEOUT": str(args.settings.timeout),
        },
        logging=command.local.Logging.STDERR,
        add_previous_output_in_env=False,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[args.branch, *args.parameters.values(), *after]),
    )
    answer = trigger.stdout.apply(json.loads)
    return Build(stamp=wanted, job_id=answer["job_id"], status=answer["status"])


def _settings_of_aws() -> dict[str, str]:
    """Those of the stack file: the same on every machine, unlike the environment's."""
    config = pulumi.Config("aws")
    return {f"BUILD_{key.upper()}": value for key in ("region", "profile") if (value := config.get(key)) is not None}


def _stamp(args: BuildArgs) -> pulumi.Output[str]:
    versions = {key: parameter.version for key, parameter in args.parameters.items()}
    return pulumi.Output.all(versions=versions, variables=args.variables, reset=args.last_reset_at).apply(
        lambda found: stamp(
            Stamped(
                variables=found["variables"],
                versions={key: int(version) for key, version in found["versions"].items()},
                last_reset_at=found["reset"],
                made=args.made,
                force=args.settings.force,
            )
        )
    )
