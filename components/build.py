"""The build trigger: changing variables builds nothing in Amplify, so a command starts a job when the stamp changed.

No ``triggers``, which replace, and no ``delete``, which would run after the new job has begun: what is noted about
deployments is deleted by a command of its own, at the end of the stack. Inputs are the same on
every machine; credentials come from the environment of whoever runs Pulumi.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_command as command

from components.backend import backend_in_use
from components.naming import Identity
from components.settings.models import Settings
from components.stamp import Stamped, stamp
from hosting.deployments import Deployment, newest_other
from hosting.elsewhere import Elsewhere, as_text


def _script(module: str) -> str:
    """Runs in the project's own environment, wherever below the checkout it is; else in whatever Python is active."""
    return (
        "for up in . .. ../..; do "
        f'if [ -x "$up/.venv/bin/python" ]; then exec "$up/.venv/bin/python" -m {module}; fi; '
        f"done; exec python3 -m {module}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildArgs:
    """``last_reset_at`` is when the database's data was last copied anew, empty for never. ``history`` are the
    deployments before this one. ``elsewhere`` are backends in other apps that must be apart from this environment's."""

    identity: Identity
    settings: Settings
    address: pulumi.Input[str]
    branch: aws.amplify.Branch
    variables: Mapping[str, pulumi.Input[str]]
    parameters: Mapping[str, aws.ssm.Parameter]
    last_reset_at: pulumi.Input[str]
    made: str
    history: Sequence[Deployment] = ()
    elsewhere: Sequence[Elsewhere] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """``history`` is what a destroy takes away of it: builds themselves stay in Amplify. ``done`` waits for its end."""

    done: pulumi.Resource
    history: pulumi.Resource
    stamp: pulumi.Output[str]
    job_id: pulumi.Output[str]
    status: pulumi.Output[str]


def declare_build(args: BuildArgs, parent: pulumi.Resource, after: Sequence[pulumi.Resource]) -> Build:
    """``after`` is what must be done before the build begins."""
    wanted = _stamp(args)
    history = _declare_end_of_history(args, parent)
    trigger = command.local.Command(
        args.identity.name("build"),
        create=_script("hosting.start_build"),
        environment={
            "BUILD_APP_ID": args.branch.app_id,
            "BUILD_BRANCH": args.branch.branch_name,
            **_settings_of_aws(),
            "BUILD_STAMP": wanted,
            # The stamp alone would not tell that something else was built since, and is served.
            "BUILD_OVER": wanted.apply(lambda stamp: newest_other(args.history, stamp, args.made)),
            "BUILD_WAIT": _flag(args.settings.build.wait),
            "BUILD_TIMEOUT": str(args.settings.build.timeout),
            **_history(args),
            **_expected(args),
            "BUILD_PARAMETERS": pulumi.Output.all(*(one.name for one in args.parameters.values())).apply(_words),
        },
        logging=command.local.Logging.STDERR,
        add_previous_output_in_env=False,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[args.branch, *args.parameters.values(), *after]),
    )
    answer = trigger.stdout.apply(json.loads)
    return Build(done=trigger, history=history, stamp=wanted, job_id=answer["job_id"], status=answer["status"])


def _declare_end_of_history(args: BuildArgs, parent: pulumi.Resource) -> pulumi.Resource:
    return command.local.Command(
        args.identity.name("deployments"),
        delete=_script("hosting.forget_deployments"),
        environment={**_settings_of_aws(), **_history(args)},
        add_previous_output_in_env=False,
        # A destroy that production refuses would else have deleted this before it came to what is protected.
        opts=pulumi.ResourceOptions(parent=parent, protect=args.settings.environment.production),
    )


def _expected(args: BuildArgs) -> dict[str, pulumi.Input[str]]:
    """What is verified after the build."""
    settings, branch = args.settings, args.settings.environment.git_branch
    source = settings.backend.source
    return {
        **({} if source is None else {"BUILD_BACKEND_BRANCH": source}),
        **({"BUILD_ELSEWHERE": as_text(args.elsewhere)} if args.elsewhere else {}),
        "BUILD_BACKEND_STACK": args.branch.app_id.apply(lambda app: backend_in_use(settings.backend, branch, app)),
        "BUILD_PRODUCTION": _flag(settings.environment.production),
        "BUILD_ADDRESS": args.address if settings.build.check_address else "",
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _history(args: BuildArgs) -> dict[str, str]:
    return {"BUILD_HISTORY": args.identity.deployments}


def _words(names: Sequence[str]) -> str:
    return " ".join(sorted(names))


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
            )
        )
    )
