"""A developer's own sandbox of an Amplify Gen 2 backend, deployed with the values of an environment."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

import typer

from components.build_variables import PLAIN_NAMES
from components.settings.channels import Channel
from components.settings.names import name_fault
from components.variables import RESERVED
from hosting.backends import backend_stack, secret_path
from hosting.clients import Aws
from hosting.lookups import branch_of, parameter_value, parameter_values
from hosting.restoring import put_secret
from ops.progress import insist
from ops.pulumi import OpsError
from ops.target import Target

_COMMAND = ("npx", "ampx", "sandbox", "--once")
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def sandbox_stack(application: Path) -> str:
    """The stack that `ampx` deploys for whoever runs it in ``application``, the folder of the application."""
    return backend_stack(_package(application), _user(), "sandbox")


def deploy(target: Target, application: Path) -> None:
    """Runs `ampx` with the environment's variables and parameters in its environment, never on its command line.

    The secrets of the environment's backend are put where the sandbox's backend looks for its own.
    """
    if shutil.which(_COMMAND[0]) is None:
        raise OpsError("there is no `npx` on PATH: install Node.js")
    parameters = insist(lambda: parameter_values(target.aws, target.identity.parameter_prefix))
    variables = _without("variable", insist(lambda: _variables(target)))
    plain = variables.get(PLAIN_NAMES, "").split()
    env = {**os.environ, **variables, **_without("parameter", parameters, RESERVED, plain)}
    _put_secrets(target, application, parameters)
    where = settings_of_aws(target.settings.config)
    status = subprocess.run(_COMMAND, cwd=application, env=in_place(env, where), check=False).returncode
    if status:
        raise OpsError(f"`{' '.join(_COMMAND)}` ended with {status}: see above", status)


def _without(
    what: str, values: Mapping[str, str], taken: Collection[str] = (), given: Collection[str] = ()
) -> dict[str, str]:
    """``values`` without those that would lead the programs of the developer's machine elsewhere, and without those of
    names that have a value already; each of them told."""
    over = sorted(name for name in values if name_fault(name) or name in taken or name in given)
    for name in over:
        given_already = name in given and name not in taken
        why = "the settings have it as a plain variable" if given_already else "a variable cannot have this name"
        typer.echo(f"the {what} {name} is passed over: {why}", err=True)
    return {name: value for name, value in values.items() if name not in over}


def settings_of_aws(config: Mapping[str, str]) -> dict[str, str]:
    """Region and profile of the stack file, as every program of AWS's takes them from its environment."""
    found = {"AWS_REGION": config.get("aws:region"), "AWS_PROFILE": config.get("aws:profile")}
    return {key: value for key, value in found.items() if value}


def in_place(env: Mapping[str, str], where: Mapping[str, str]) -> dict[str, str]:
    """``env`` with the account and region of ``where``: keys in the environment would go before a profile."""
    hidden = _CREDENTIALS if "AWS_PROFILE" in where else ()
    return {**{key: value for key, value in env.items() if key not in hidden}, **where}


def _variables(target: Target) -> Mapping[str, str]:
    """Those that the environment's builds get."""
    branch = branch_of(target.aws, target.app_id, target.builds.branch)
    if branch is None:
        raise OpsError(f"Amplify has no branch {target.builds.branch} yet: run `pulumi up -s {target.identity.stack}`")
    return branch.variables


def _put_secrets(target: Target, application: Path, parameters: Mapping[str, str]) -> None:
    path = secret_path(_package(application), _user(), "sandbox")
    for key in target.settings.draft.copied(Channel.BRANCH):
        if key not in parameters:
            raise OpsError(f"{target.identity.parameter(key)} is not there: run `pulumi up -s {target.identity.stack}`")
        name, value = f"{path}/{key}", parameters[key]
        insist(lambda: _put(target.aws, name, value))  # noqa: B023 - used before the next turn


def _put(aws: Aws, name: str, value: str) -> None:
    old = parameter_value(aws, name)
    if old == value:
        return
    put_secret(aws, name, value)
    if old is not None:
        typer.echo(f"your sandbox's secret {name} had another value: it has the environment's now", err=True)


def _user() -> str:
    """Whoever runs this by the system's word, as `ampx` asks for it too: variables such as LOGNAME may say another."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise OpsError(
            f"the system has no name for the user {os.getuid()}, after whom a sandbox is named: run it as another user"
        ) from None


def _package(application: Path) -> str:
    path = application / "package.json"
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        raise OpsError(
            f"{path} names no package: run it in the application's folder, or name that with --app"
        ) from None
    return str(name)
