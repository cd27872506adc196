"""The Amplify branches that a stack has besides the one that its settings name: a changed git_branch leaves them to be
deleted when the change is done. Pure but for the look-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    """Those of the app with this stack's tags: it made them, or adopted them."""
    return tuple(
        one for one in branches_of(aws, app_id) if identity.owns(one.tags) and one.name != environment.git_branch
    )


def not_adopted(branches: Iterable[HostedBranch]) -> tuple[HostedBranch, ...]:
    """Those that an up made and may delete."""
    return tuple(one for one in branches if ADOPTED not in one.tags)


def begun_instead(
    wanted: HostedBranch | None, others: Sequence[HostedBranch], identity: Identity
) -> list[HostedBranch]:
    """Those of ``others`` that a change away from the wanted branch has made, or has adopted."""
    if wanted is None or MADE not in wanted.tags or ADOPTED in wanted.tags:
        return []
    if not identity.owns(wanted.tags):
        return []  # another's, which the state cannot hold
    return [one for one in others if one.tags.get(MADE, "") > wanted.tags[MADE]]


def turned_back(branch: str, begun: Sequence[str], identity: Identity) -> list[Problem]:
    """``branch`` is wanted, and the state may already hold it for deletion, for a change away from it was ``begun``:
    an up would take it in and delete it."""
    if not begun:
        return []
    text = (
        f"a change to {', '.join(begun)} was begun and is not done. At its end {branch} is deleted, also by an up "
        f"whose settings name it. Finish it: put git_branch: {begun[-1]} back, mend what failed, run up. Or keep "
        f"{branch} instead: `python -m ops turn-back {identity.stack}`"
    )
    return [Problem(path=f"{identity.project}:environment.git_branch", text=text)]


def left_others(others: Sequence[HostedBranch], app_id: str, backends: Backends) -> Left | None:
    """What becomes of ``others``; None where there are none."""
    found = [
        deleted(one.name, app_id, loses=one.variables.get(BACKEND_MODE) == "own" or backends(app_id, one.name))
        for one in others
    ]
    return Left(says="; ".join(one.says for one in found), loses=any(one.loses for one in found)) if found else None


def may_have_backend(aws: Aws, app_id: str, branch: str) -> bool:
    """Whether the branch has a backend stack of its own; also where AWS does not tell."""
    try:
        return stack_status(aws, backend_stack(app_id, branch)) is not None
    except HostingError:
        return True
