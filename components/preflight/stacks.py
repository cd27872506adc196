"""The outputs of other stacks that the settings name: asked for by the engine, before anything is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.naming import Identity
from components.preflight.sources import Reader, SourceFindings, as_text
from components.settings.models import EnvironmentSettings
from components.settings.problems import Problem
from components.settings.sources import FromStack

_READ = "pulumi:pulumi:readStackOutputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOutputs:
    """``secret`` names those that the stack keeps encrypted."""

    values: Mapping[str, Any]
    secret: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"StackOutputs({', '.join(self.values)})"


Outputs = Callable[[str], StackOutputs]
Backends = Callable[[str, str], bool]
"""Whether there may be a backend of its own of an Amplify branch: by the app's id and the branch's name."""


def full_name(stack: str) -> str:
    """``project/stack`` within this organization."""
    return stack if stack.count("/") > 1 else f"{pulumi.get_organization()}/{stack}"


def outputs_of(stack: str) -> StackOutputs:
    """Raises LookupError for an unknown stack."""
    try:
        found = pulumi.runtime.invoke(_READ, {"name": full_name(stack)})
    except Exception as error:  # noqa: BLE001 - the SDK raises no narrower one
        raise LookupError(str(error)) from None
    return StackOutputs(values=found.value["outputs"], secret=frozenset(found.value.get("secretOutputNames") or ()))


def _own(identity: Identity, outputs: Outputs) -> Mapping[str, Any]:
    """The outputs of this stack's last up; none before its first."""
    try:
        return outputs(f"{identity.project}/{identity.stack}").values
    except LookupError:
        return {}


def last_branch(identity: Identity, outputs: Outputs = outputs_of) -> tuple[str, str] | None:
    """The Neon project and branch of this stack's last up, by their ids; None where it had none, or there was none."""
    values = _own(identity, outputs)
    project_id, branch_id = values.get("neon_project_id"), values.get("neon_branch_id")
    return (project_id, branch_id) if project_id and branch_id else None


def last_site(identity: Identity, outputs: Outputs = outputs_of) -> tuple[str, str] | None:
    """The Amplify app, by its id, and the branch of this stack's last up; None where there was none."""
    values = _own(identity, outputs)
    app_id, branch = values.get("app_id"), values.get("git_branch")
    return (app_id, branch) if app_id and branch else None


def has_branch(identity: Identity, outputs: Outputs = outputs_of) -> bool:
    """Whether this stack has an Amplify branch from an up that was done, and no destroy since."""
    return "git_branch" in _own(identity, outputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An Amplify branch that the settings lead away from: what an up does to it, and whether data may go with it."""

    says: str
    loses: bool


def left_branch(
    identity: Identity,
    environment: EnvironmentSettings,
    app_id: str | None,
    backends: Backends,
    outputs: Outputs = outputs_of,
) -> Left | None:
    """The Amplify branch of this stack's last up, where the settings lead to another one, of the app ``app_id`` (None
    for one to be made), and an up deletes it. The backend of a branch that shares by now, or needs none, is still
    there."""
    values, old = _own(identity, outputs), last_site(identity, outputs)
    if old is None or old == (app_id, environment.git_branch):
        return None
    # What becomes of it was settled when it entered the stack, not by what is to be adopted now.
    if values.get("adopted"):
        return None
    loses = values.get("backend_mode") == "own" or backends(old[0], old[1])
    return deleted(old[1], old[0], loses=loses)


def deleted(branch: str, app_id: str, *, loses: bool) -> Left:
    """``loses`` is whether there may be a backend of the branch's own."""
    more = ", and Amplify may delete its backend, tables and all, with it" if loses else " with the site that it serves"
    return Left(says=f"up deletes the Amplify branch {branch!r} of the app {app_id}{more}", loses=loses)


def check_stacks(wanted: Iterable[Reader], project: str, outputs: Outputs = outputs_of) -> SourceFindings:
    """A problem for each key whose stack, or whose output of it, is not there or is not for it."""
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for reader, source in ((one, one.source) for one in wanted if isinstance(one.source, FromStack)):
        value, faults = _look(reader, source, outputs)
        problems += [reader.problem(text, project) for text in faults]
        if value is not None and reader.plain and not faults:
            values[reader.key] = value
    return SourceFindings(values=values, problems=tuple(problems))


def _look(reader: Reader, source: FromStack, outputs: Outputs) -> tuple[str | None, list[str]]:
    try:
        found = outputs(source.stack)
    except LookupError as error:
        return None, [f"the stack {source.stack} cannot be read: bring it up first, or correct its name ({error})"]
    what = f"the output {source.output!r} of the stack {source.stack}"
    if source.output not in found.values:
        names = ", ".join(sorted(found.values)) or "none"
        return None, [f"the stack {source.stack} has no output {source.output!r}; it has {names}"]
    if reader.plain and source.output in found.secret:
        return None, [f"{what} is secret, and a variable is plain: make {reader.key} one of the parameters instead"]
    value = as_text(found.values[source.output])
    return value, [f"{what} {text}" for text in reader.faults(value)]
