"""Puts back a branch's variables and the values of parameters. Values pass through memory and are shown nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hosting.clients import Aws
from hosting.deployments import Configuration
from hosting.errors import explained
from hosting.jobs import Builds
from hosting.lookups import parameter_value
from hosting.rollbacks import ParameterChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is to be put back. ``gone`` are parameters whose old value is: deleted, or older than SSM keeps versions."""

    changes: tuple[ParameterChange, ...]
    gone: tuple[str, ...]


def old_values(aws: Aws, then: Configuration) -> Values:
    """The parameters whose value is not that of ``then``. One whose value is the same is left alone."""
    changes, gone = [], []
    for name, version in sorted(then.parameters.items()):
        now, old = parameter_value(aws, name), parameter_value(aws, f"{name}:{version}")
        if old is None or now is None:
            gone.append(name)
        elif old != now:
            changes.append(ParameterChange(name=name, version=version, value=old))
    return Values(changes=tuple(changes), gone=tuple(gone))


def restore_parameters(aws: Aws, changes: Iterable[ParameterChange]) -> None:
    """Writes each old value as a new version, of the same type."""
    for change in changes:
        with explained(f"putting back the SSM parameter {change.name}"):
            aws.ssm.put_parameter(Name=change.name, Value=change.value, Overwrite=True)


def restore_variables(aws: Aws, builds: Builds, variables: Mapping[str, str]) -> None:
    """The whole map of the branch; no job of it may run."""
    with explained(f"putting back the variables of {builds.branch}"):
        aws.amplify.update_branch(appId=builds.app_id, branchName=builds.branch, environmentVariables=dict(variables))
