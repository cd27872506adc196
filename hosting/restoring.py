"""Puts back a branch's variables and the values of parameters. Values pass through memory and are shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hosting.clients import Aws
from hosting.errors import explained
from hosting.jobs import Builds
from hosting.lookups import parameter_version
from hosting.rollbacks import ParameterChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is to be put back. ``gone`` are parameters whose old value is: deleted, or older than SSM keeps versions.
    ``missing`` are those of them that are not there at all."""

    changes: tuple[ParameterChange, ...]
    gone: tuple[str, ...]
    missing: tuple[str, ...] = ()


def old_values(aws: Aws, versions: Mapping[str, int], at: datetime | None) -> Values:
    """The parameters whose value is not that of their version at the time ``at``. One whose value is the same is left
    alone. A parameter that was deleted and made anew has other values under the same versions, all of them later.
    """
    changes, gone, missing = [], [], []
    for name, version in sorted(versions.items()):
        now, old = parameter_version(aws, name), parameter_version(aws, f"{name}:{version}")
        if old is None or now is None or (at is not None and old.written > at):
            gone.append(name)
            missing += [name] if now is None else []
        elif old.value != now.value:
            changes.append(ParameterChange(name=name, version=version, value=old.value))
    return Values(changes=tuple(changes), gone=tuple(gone), missing=tuple(missing))


def restore_parameter(aws: Aws, change: ParameterChange) -> None:
    """Writes the old value as a new version, of the same type."""
    with explained(f"putting back the SSM parameter {change.name}"):
        aws.ssm.put_parameter(Name=change.name, Value=change.value, Overwrite=True)


def put_secret(aws: Aws, name: str, value: str) -> None:
    """Writes an encrypted parameter, or a new version of it."""
    with explained(f"writing the SSM parameter {name}"):
        aws.ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def restore_variables(aws: Aws, builds: Builds, variables: Mapping[str, str]) -> None:
    """The whole map of the branch; no job of it may run."""
    with explained(f"putting back the variables of {builds.branch}"):
        aws.amplify.update_branch(appId=builds.app_id, branchName=builds.branch, environmentVariables=dict(variables))
