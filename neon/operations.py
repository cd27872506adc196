"""Waiting until Neon has done what it accepted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from neon.errors import NeonOperationFailed, NeonRequestError, NeonTimeout, NeonUnseen, without_credentials
from neon.models import Operation
from neon.progress import Progress
from neon.retry import Deadline

if TYPE_CHECKING:
    from neon.client import NeonClient

NEXT_STEP = (
    "Look at the project's operations in Neon's console and run the same command again, which looks at what there is "
    "and goes on from there; should the operation fail again, Neon's support needs its id"
)


def wait_for(client: NeonClient, operations: Iterable[Operation], *, what: str) -> None:
    """Returns when every one of ``operations`` has succeeded; ``what`` says what for, in messages.

    Raises NeonOperationFailed for one that failed, NeonTimeout when ``pace.wait`` seconds have passed, NeonUnseen where
    Neon no longer tells.
    """
    deadline, progress = client.pace.deadline(client.pace.wait), Progress(client.pace, what)
    for operation in operations:
        last = _seen_to_end(client, operation, deadline, progress, what)
        if not last.ended:
            raise NeonTimeout(_still_running(what, last, client.pace.wait))
        if last.failed:
            said = error_of(last)
            raise NeonOperationFailed(f"{what}: {last} failed in Neon{said}. {NEXT_STEP}")


def _seen_to_end(
    client: NeonClient, operation: Operation, deadline: Deadline, progress: Progress, what: str
) -> Operation:
    try:
        return until_ended(client, operation, deadline, progress)
    except NeonRequestError as error:
        raise unseen(f"{what}: {operation}", error) from None


def unseen(what: str, error: NeonRequestError) -> NeonUnseen:
    """What to raise where Neon no longer tells of ``what`` it has begun."""
    return NeonUnseen(f"{what} was begun, and how it goes is not known: {error}. {NEXT_STEP}").because_of(error)


def maybe_done(what: str, error: NeonRequestError) -> NeonUnseen:
    """What to raise where the reply to ``what`` was lost and then nothing could be read either."""
    return NeonUnseen(f"{what} may have been done, and nobody could look: {error}. {NEXT_STEP}")


def error_of(operation: Operation) -> str:
    """Neon's own words for what went wrong, after a colon; nothing where it gave none."""
    return f": {without_credentials(operation.error)}" if operation.error else ""


def until_ended(
    client: NeonClient, operation: Operation, deadline: Deadline, progress: Progress, *, patience: float = math.inf
) -> Operation:
    """``operation`` as it is when it has ended, or as it is at the deadline, or after ``patience`` seconds."""
    polls, last = client.pace.polls(), operation
    patient = client.pace.deadline(patience)
    while not last.ended and deadline.left and patient.left:
        client.pace.sleep(min(next(polls), deadline.left, patient.left))
        last = client.operation(last.project_id, last.id, until=deadline)
        progress.tell(f"{last.action} on {last.place} (operation {last.id})")
    return last


def running(client: NeonClient, project_id: str, until: Deadline | None = None) -> list[Operation]:
    """What Neon is still doing in a project, oldest first."""
    found = [operation for operation in client.operations(project_id, until=until) if not operation.ended]
    found.reverse()  # Neon's times are whole seconds: within one, its order decides
    return sorted(found, key=lambda operation: operation.created_at)


def running_on(client: NeonClient, project_id: str, branch_id: str) -> list[Operation]:
    """What Neon is still doing to a branch, as a killed run may have left it, oldest first."""
    return [operation for operation in running(client, project_id) if operation.branch_id == branch_id]


def _still_running(what: str, operation: Operation, seconds: float) -> str:
    return (
        f"{what}: {operation} has not ended after {seconds:.0f} s. Nothing is lost: look at it in Neon's console, "
        "and run the same command again, which goes on from there"
    )
