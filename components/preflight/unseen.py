"""What an up is refused for that runs without anybody having looked at its preview: data that it would lose. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from components.naming import Identity
from components.preflight.findings import DatabaseFindings
from components.preflight.removed import Removed
from components.settings.problems import Problem
from components.settings.supposed import OVERWRITTEN


def unseen_losses(
    identity: Identity, allowed: str, database: DatabaseFindings, removed: Removed, backend: str | None
) -> Iterator[Problem]:
    """A problem for each loss beyond what is ``allowed``.

    ``backend`` says what becomes of a backend that may go with its Amplify branch, None where none does.
    """
    overwrites = None if allowed == OVERWRITTEN else database.overwrites
    found = {
        "database": (removed.says if removed.loses else None, overwrites, *database.losses),
        "environment.git_branch": (backend,),
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
