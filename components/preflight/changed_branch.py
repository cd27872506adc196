"""The Amplify branches that a stack has besides the one that its settings name: a changed git_branch, or app, leaves
them to be deleted when the change is done. Pure but for the look-up."""

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
from hosting.deployments import latest_branch
from hosting.errors import HostingError
from hosting.lookups import HostedBranch, branch_of, branches_of


def other_branches(
    environment: EnvironmentSettings, identity: Identity, aws: Aws, app_id: str
) -> tuple[HostedBranch, ...]:
    """Those with this stack's tags, of the app, and of another one the last that was built: it made them, or adopted
    them."""
    here = [one for one in branches_of(aws, app_id) if one.name != environment.git_branch]
    return tuple(one for one in (*here, *_elsewhere(identity, aws, app_id)) if identity.owns(one.tags))


def _elsewhere(identity: Identity, aws: Aws, app_id: str) -> list[HostedBranch]:
    latest = latest_branch(aws, identity.deployments)
    found = None if latest is None or latest[0] == app_id else branch_of(aws, *latest)
    return [] if found is None else [found]


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


def turned_back(branch: HostedBranch, begun: Sequence[HostedBranch], identity: Identity) -> list[Problem]:
    """``branch`` is wanted, and the state may already hold it for deletion, for a change away from it was ``begun``:
    an up would take it in and delete it."""
    if not begun:
        return []
    text = (
        f"a change to {', '.join(named(one, branch.app_id) for one in begun)} was begun and is not done. At its end "
        f"{branch.name} is deleted, also by an up whose settings name it. Finish it: put "
        f"{setting(begun[-1], branch.app_id)} back, mend what failed, run up. Or keep {branch.name} instead: "
        f"`python -m ops turn-back {identity.stack}`"
    )
    return [Problem(path=f"{identity.project}:environment.git_branch", text=text)]


def named(branch: HostedBranch, app_id: str) -> str:
    """The branch as it is called where the app is ``app_id``."""
    return branch.name if branch.app_id == app_id else f"{branch.name} of the app {branch.app_id}"


def setting(branch: HostedBranch, app_id: str) -> str:
    """What settings have for it that now lead to ``app_id``."""
    named_so = f"git_branch: {branch.name}"
    return named_so if branch.app_id == app_id else f"the app {branch.app_id} and {named_so}"


def left_others(others: Sequence[HostedBranch], backends: Backends) -> Left | None:
    """What becomes of ``others``; None where there are none."""
    found = [
        deleted(one.name, one.app_id, loses=one.variables.get(BACKEND_MODE) == "own" or backends(one.app_id, one.name))
        for one in others
    ]
    return Left(says="; ".join(one.says for one in found), loses=any(one.loses for one in found)) if found else None


def may_have_backend(aws: Aws, app_id: str, branch: str) -> bool:
    """Whether the branch has a backend stack of its own; also where AWS does not tell."""
    try:
        return stack_status(aws, backend_stack(app_id, branch)) is not None
    except HostingError:
        return True
