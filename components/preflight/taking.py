"""Whose an Amplify branch is, by its tags, and what to do where this stack may not have it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.naming import ADOPTED, Identity
from components.settings.models import EnvironmentSettings
from components.settings.problems import Problem
from hosting.lookups import HostedBranch

_PROJECT, _STACK, _OURS = "pulumi:project", "pulumi:stack", "pulumi:"


def nothing_to_adopt(environment: EnvironmentSettings, identity: Identity, app: str, there: Sequence[str]) -> Problem:
    """What to say of a name that no branch has; ``there`` are those that branches do have."""
    return Problem(
        path=f"{identity.project}:environment.adopt",
        text=f"{app} has no branch {environment.git_branch!r} to adopt: correct git_branch, or leave adopt out. "
        f"It has {', '.join(map(repr, there)) or 'none'}",
    )


def not_taken(environment: EnvironmentSettings, identity: Identity, branch: HostedBranch, app: str) -> Problem | None:
    """What to say of a branch that this stack may not have; None where it is its own, or to be adopted and nobody's."""
    owner, ours = another_owner(branch.tags, identity), identity.owns(branch.tags)
    what = f"the Amplify branch {branch.name!r}"
    if owner is not None:
        text = _left_by(owner, branch, f"{what} of {app}")
    elif environment.adopt or (ours and ADOPTED not in branch.tags):
        return None
    else:
        text = _again(branch, what) if ours else _nobodys(f"{what} of {app}")
    return Problem(path=f"{identity.project}:environment.git_branch", text=text)


def another_owner(tags: Mapping[str, str], identity: Identity) -> str | None:
    """The other stack that the tags name, as project/stack; also one that is gone. A stack's name counts without
    organization and project before it."""
    if _STACK not in tags:
        return None
    project, stack = tags.get(_PROJECT, identity.project), tags[_STACK].rpartition("/")[2]
    return None if (project, stack) == (identity.project, identity.stack) else f"{project}/{stack}"


def _left_by(owner: str, branch: HostedBranch, what: str) -> str:
    """An up of the owner is refused while a stack file beside its own names the branch; one that changes git_branch
    before it has adopted the branch deletes it."""
    tags = " ".join(sorted(key for key in branch.tags if key.startswith(_OURS)))
    return (
        f"{what} carries the tags of the stack {owner}: name another git_branch. Or take it over, step by step: put "
        f"this stack's git_branch back; give {owner} adopt: true and run its up; when that has succeeded, give {owner} "
        "another git_branch and run its up, or destroy it; then name the branch here with adopt: true, and take the "
        f"tags off: aws amplify untag-resource --resource-arn {branch.arn} --tag-keys {tags}. Where {owner} is gone, "
        "that command and adopt: true are enough"
    )


def _nobodys(what: str) -> str:
    return (
        f"{what} exists and does not carry this stack's tags: set adopt: true to take it over (destroy then leaves it "
        "in place), or delete it"
    )


def _again(branch: HostedBranch, what: str) -> str:
    return (
        f"{what} was there before this stack, which adopted it: set adopt: true again. Where a destroy is to delete it "
        f"from now on, take the tag off it that says so: aws amplify untag-resource --resource-arn {branch.arn} "
        f"--tag-keys {ADOPTED}"
    )
