"""A developer's own sandbox of an Amplify Gen 2 backend, deployed with the values of an environment."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
from pathlib import Path

from hosting.backends import backend_stack
from hosting.lookups import branch_of, parameter_values
from ops.pulumi import OpsError
from ops.target import Target

_COMMAND = ("npx", "ampx", "sandbox", "--once")


def sandbox_stack(application: Path) -> str:
    """The stack that `ampx` deploys for whoever runs it in ``application``, the folder of the application."""
    return backend_stack(_package(application), getpass.getuser(), "sandbox")


def deploy(target: Target, application: Path) -> None:
    """Runs `ampx` with the environment's variables and parameters in its environment, never on its command line."""
    if shutil.which(_COMMAND[0]) is None:
        raise OpsError("there is no `npx` on PATH: install Node.js")
    status = subprocess.run(_COMMAND, cwd=application, env={**os.environ, **_values(target)}, check=False).returncode
    if status:
        raise OpsError(f"`{' '.join(_COMMAND)}` ended with {status}: see above", status)


def _values(target: Target) -> dict[str, str]:
    """What the environment's builds get."""
    branch = branch_of(target.aws, target.app_id, target.builds.branch)
    if branch is None:
        raise OpsError(f"Amplify has no branch {target.builds.branch} yet: run `pulumi up -s {target.identity.stack}`")
    return {**branch.variables, **parameter_values(target.aws, target.identity.parameter_prefix)}


def _package(application: Path) -> str:
    path = application / "package.json"
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        raise OpsError(
            f"{path} names no package: run it in the application's folder, or name that with --app"
        ) from None
    return str(name)
