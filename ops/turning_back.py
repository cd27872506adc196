"""`ops turn-back STACK`: a change of git_branch that was begun and is not done, taken back.

By then the state has the old branch among what is to be deleted, and would delete it at the end of any up.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from components.preflight.changed_branch import begun_instead, other_branches
from hosting.jobs import Builds
from hosting.lookups import HostedBranch, branch_of
from hosting.removing import delete_branch
from ops.progress import insist, progress
from ops.pulumi import OpsError, Pulumi
from ops.target import Target, find_target

_BRANCH = "aws:amplify/branch:Branch"


def turn_back(stack: str, *, yes: bool) -> None:
    """Says what stays and what goes, asks, does it, and brings the stack up. Where it ends before that, it goes on when
    it is run again, and once the new branch is gone an up ends it."""
    pulumi = Pulumi(stack=stack)
    target = find_target(pulumi)
    state = pulumi.json("stack", "export")
    held, newer = held_for_deletion(state), insist(lambda: _newer(target))
    wanted = target.builds.branch
    if wanted not in branches_among(held) and not newer:
        raise OpsError(
            f"no change away from the Amplify branch {wanted}, which git_branch names, was begun: there is nothing to "
            "turn back. To take one back, put the old name into git_branch first; where this has begun to do it, "
            f"`pulumi up -s {stack}` ends it"
        )
    refuse_done(newer, stack)
    typer.echo("\n".join(_described(wanted, held, newer)))
    if not (yes or typer.confirm("Turn back?")):
        raise OpsError("nothing was changed")
    _forget(pulumi, state, held)
    for branch in newer:
        delete_branch(target.aws, Builds(app_id=target.app_id, branch=branch.name), progress())
        typer.echo(f"deleted the Amplify branch {branch.name}")
    pulumi.up(seen=not yes)


def refuse_done(newer: Sequence[HostedBranch], stack: str) -> None:
    """Raises OpsError for a new branch that a host name leads to: nobody would be served when it went."""
    for branch in newer:
        if branch.hosts:
            raise OpsError(
                f"{', '.join(branch.hosts)} leads to the Amplify branch {branch.name} already: the change is all but "
                f"done. Put git_branch: {branch.name} back and run `pulumi up -s {stack}`, which ends it"
            )


def held_for_deletion(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a state has that was replaced and is not deleted yet."""
    return [one for one in state["deployment"].get("resources") or [] if one.get("delete")]


def branches_among(resources: Sequence[Mapping[str, Any]]) -> set[str]:
    """Names of the Amplify branches among resources of a state."""
    return {one["inputs"]["branchName"] for one in resources if one["type"] == _BRANCH}


def _newer(target: Target) -> list[HostedBranch]:
    wanted = branch_of(target.aws, target.app_id, target.builds.branch)
    others = other_branches(target.environment, target.identity, target.aws, target.app_id)
    return begun_instead(wanted, others, target.identity)


def _described(wanted: str, held: Sequence[Mapping[str, Any]], newer: Sequence[HostedBranch]) -> list[str]:
    """A line for each thing."""
    stay = [f"  stays, and the state forgets that it was to go: {one['urn']}" for one in held]
    go = [f"  is deleted: the Amplify branch {one.name}, its builds, and a backend that they deployed" for one in newer]
    return [f"Back to the Amplify branch {wanted}:", *stay, *go, "  then an up runs"]


def _forget(pulumi: Pulumi, state: Mapping[str, Any], held: Sequence[Mapping[str, Any]]) -> None:
    if not held:
        return
    left = [one for one in state["deployment"]["resources"] if not one.get("delete")]
    changed = {**state, "deployment": {**state["deployment"], "resources": left}}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:  # which nobody else can read
        json.dump(changed, file)
        file.flush()
        pulumi.run("stack", "import", "--file", file.name)
