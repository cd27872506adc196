"""What an up is refused for that runs without anybody having looked at its preview: data that it would lose. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from components.naming import Identity
from components.preflight.findings import DatabaseFindings
from components.preflight.removed import Removed
from components.preflight.stacks import Left
from components.settings.problems import Problem
from components.settings.supposed import OVERWRITTEN


def unseen_losses(
    identity: Identity, allowed: str, database: DatabaseFindings, removed: Removed, left: Left | None
) -> Iterator[Problem]:
    """A problem for each loss beyond what is ``allowed``.

    ``left`` is an Amplify branch that goes: a backend may go with it; a site alone is no loss of data.
    """
    overwrites = None if allowed == OVERWRITTEN else database.overwrites
    found = {
        "database": (removed.says if removed.loses else None, overwrites, *database.losses),
        "environment.git_branch": (left.says if left is not None and left.loses else None,),
    }
    for path, losses in found.items():
        for loss in losses:
            if loss is not None:
                yield Problem(path=f"{identity.project}:{path}", text=f"{loss}. {_unseen(identity)}")


def _unseen(identity: Identity) -> str:
    return (
        "Nobody has looked at a preview of that, so nothing was done: `pulumi up -s "
        f"{identity.stack}` shows it, and does it after a yes"
    )
