"""The Amplify branches that a stack has besides the one that its settings name: a changed git_branch leaves them to be
deleted when the change is done. Pure but for the look-up."""

from __future__ import annotations

from collections.abc import Sequence

from components.build_variables import BACKEND_MODE
from components.naming import ADOPTED, MADE, Identity
from components.preflight.stacks import Backends, Left, deleted
from components.settings.models import EnvironmentSettings
from components.settings.problems import Problem
from hosting.backend_state import stack_status
from hosting.backends import backend_stack
from hosting.clients import Aws
from hosting.errors import HostingError
from hosting.lookups import HostedBranch, branches_of


def other_branches(
    environment: EnvironmentSettings, identity: Identity, aws: Aws, app_id: str
) -> tuple[HostedBranch, ...]:
    """Those of the app that an up of this stack made and may delete."""
    return tuple(
        one
        for one in branches_of(aws, app_id)
        if identity.owns(one.tags) and ADOPTED not in one.tags and one.name != environment.git_branch
    )


def begun_instead(
    wanted: HostedBranch | None, others: Sequence[HostedBranch], identity: Identity
) -> list[HostedBranch]:
    """Those of ``others`` that a change away from the wanted branch has made."""
    if wanted is None or MADE not in wanted.tags or ADOPTED in wanted.tags:
        return []
    if not identity.owns(wanted.tags):
        return []  # another's, which the state cannot hold
    return [one for one in others if one.tags.get(MADE, "") > wanted.tags[MADE]]


def turned_back(wanted: HostedBranch | None, others: Sequence[HostedBranch], identity: Identity) -> list[Problem]:
    """The wanted branch may be one that the state already holds for deletion: an up would take it in and delete it."""
    newer = [one.name for one in begun_instead(wanted, others, identity)]
    if wanted is None or not newer:
        return []
    text = (
        f"a change to {', '.join(newer)} was begun and is not done. At its end {wanted.name} is deleted, also by an up "
        f"whose settings name it. Finish it: put git_branch: {newer[-1]} back, mend what failed, run up. Or keep "
        f"{wanted.name} instead: `python -m ops turn-back {identity.stack}`"
    )
    return [Problem(path=f"{identity.project}:environment.git_branch", text=text)]


def left_backends(others: Sequence[HostedBranch], app_id: str, backends: Backends) -> Left | None:
    """Those of ``others`` with which a backend of their own may go; None where there is none."""
    losing = [one for one in others if one.variables.get(BACKEND_MODE) == "own" or backends(app_id, one.name)]
    found = [deleted(one.name, app_id, loses=True).says for one in losing]
    return Left(says="; ".join(found), loses=True) if found else None


def may_have_backend(aws: Aws, app_id: str, branch: str) -> bool:
    """Whether the branch has a backend stack of its own; also where AWS does not tell."""
    try:
        return stack_status(aws, backend_stack(app_id, branch)) is not None
    except HostingError:
        return True
