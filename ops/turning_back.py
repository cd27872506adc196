"""`ops turn-back STACK`: a change of git_branch, or of the app, that was begun and is not done, taken back.

By then the state has the old branch among what is to be deleted, and would delete it at the end of any up.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from components.naming import ADOPTED, MADE
from components.preflight.changed_branch import begun_instead, named, not_adopted, other_branches, setting
from components.settings.channels import Channel, channel_path
from components.settings.supposed import MAY_LOSE, NOTHING, TURNED_BACK
from hosting.jobs import Builds
from hosting.lookups import HostedBranch, branch_of
from hosting.removing import delete_branch, delete_tags
from ops.asking import agreed
from ops.progress import insist, progress
from ops.pulumi import OpsError, Pulumi
from ops.target import Target, find_target

_BRANCH = "aws:amplify/branch:Branch"
_NAMED_BY = {
    _BRANCH: ("appId", "branchName"),
    "pulumi-python:dynamic/amplify:ComputeRole": ("app_id", "branch"),
}
_PARAMETER = "aws:ssm/parameter:Parameter"


def turn_back(stack: str, *, yes: bool) -> None:
    """Says what stays and what goes, asks, looks whether the up can follow, does it, and brings the stack up. Where it
    ends before that, it goes on when it is run again, and once the new branch is gone an up ends it."""
    pulumi = Pulumi(stack=stack)
    target = find_target(pulumi)
    state, wanted = pulumi.json("stack", "export"), target.builds.branch
    held, begun = held_for_deletion(state, target.app_id, wanted), insist(lambda: _begun(target))
    if not held and not begun:
        raise OpsError(nothing_to_turn_back(state, wanted, stack))
    refuse_done(begun, target.app_id, stack)
    typer.echo("\n".join(_described(wanted, target.app_id, held, begun)))
    if not (yes or agreed("Turn back?")):
        raise OpsError("nothing was changed")
    typer.echo("looking whether the up can follow", err=True)
    pulumi.check("preview", env={TURNED_BACK: "true", **({MAY_LOSE: NOTHING} if yes else {})})
    _forget(pulumi, state, held)
    _undo(target, begun)
    pulumi.up(seen=not yes)


def refuse_done(begun: Sequence[HostedBranch], app_id: str, stack: str) -> None:
    """Raises OpsError for a new branch that a host name leads to: nobody would be served when it went."""
    for branch in begun:
        if branch.hosts:
            raise OpsError(
                f"{', '.join(branch.hosts)} leads to the Amplify branch {named(branch, app_id)} already: the "
                f"change is all but done. Put {setting(branch, app_id)} back and run `pulumi up -s {stack}`, which "
                "ends it"
            )


def nothing_to_turn_back(state: Mapping[str, Any], wanted: str, stack: str) -> str:
    """What to say where no change away from ``wanted`` was begun: one to it may have been."""
    held = (one for one in _held(state) if one["type"] == _BRANCH)
    left = [f"{one['inputs']['branchName']} of the app {one['inputs']['appId']}" for one in held]
    if left:
        return (
            f"the change from {', '.join(left)} to {wanted} is not done, and the settings still have it: put the old "
            "ones back first (git_branch, and the app where that changed too), then run the same command again"
        )
    return (
        f"no change away from the Amplify branch {wanted}, which git_branch names, was begun: there is nothing to turn "
        f"back. One whose turning back was interrupted is ended by `pulumi up -s {stack}`"
    )


def held_for_deletion(state: Mapping[str, Any], app_id: str, branch: str) -> list[dict[str, Any]]:
    """What a state has of an Amplify branch that was replaced and is not deleted yet."""
    paths = tuple(f"{channel_path(channel, app_id, branch)}/" for channel in Channel)
    return [one for one in _held(state) if _is_of(one, (app_id, branch), paths)]


def _held(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Whatever was replaced and is not deleted yet."""
    return [one for one in state["deployment"].get("resources") or [] if one.get("delete")]


def _is_of(resource: Mapping[str, Any], branch: tuple[str, str], paths: tuple[str, ...]) -> bool:
    kind, inputs = resource["type"], resource.get("inputs") or {}
    if kind == _PARAMETER:
        return str(inputs.get("name", "")).startswith(paths)
    return kind in _NAMED_BY and tuple(inputs.get(key) for key in _NAMED_BY[kind]) == branch


def _begun(target: Target) -> list[HostedBranch]:
    wanted = branch_of(target.aws, target.app_id, target.builds.branch)
    others = other_branches(target.environment, target.identity, target.aws, target.app_id)
    return begun_instead(wanted, others, target.identity)


def _described(wanted: str, app_id: str, held: Sequence[Mapping[str, Any]], begun: Sequence[HostedBranch]) -> list[str]:
    """A line for each thing."""
    stay = [f"  stays, and the state forgets that it was to go: {one['urn']}" for one in held]
    return [f"Back to the Amplify branch {wanted}:", *stay, *(_fate(one, app_id) for one in begun), "  then an up runs"]


def _fate(branch: HostedBranch, app_id: str) -> str:
    what = f"the Amplify branch {named(branch, app_id)}"
    if ADOPTED in branch.tags:
        return f"  stays in Amplify, with what this stack made of its variables and tags: {what}, which was adopted"
    return f"  is deleted: {what}, its builds, and a backend that they deployed"


def _undo(target: Target, begun: Sequence[HostedBranch]) -> None:
    for branch in not_adopted(begun):
        delete_branch(target.aws, Builds(app_id=branch.app_id, branch=branch.name), progress())
        typer.echo(f"deleted the Amplify branch {branch.name}")
    for branch in begun:
        if ADOPTED in branch.tags:
            delete_tags(target.aws, branch, [MADE], progress())  # which tells that a change to it was begun


def _forget(pulumi: Pulumi, state: Mapping[str, Any], held: Sequence[Mapping[str, Any]]) -> None:
    if not held:
        return
    left = [one for one in state["deployment"]["resources"] if one not in held]
    changed = {**state, "deployment": {**state["deployment"], "resources": left}}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:  # which nobody else can read
        json.dump(changed, file)
        file.flush()
        pulumi.run("stack", "import", "--file", file.name)
