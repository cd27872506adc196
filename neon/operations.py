"""Waiting until Neon has done what it accepted."""

from __future__ import annotations

from collections.abc import Iterable

from neon.client import NeonClient
from neon.errors import NeonOperationFailed, NeonTimeout
from neon.models import Operation


def wait_for(client: NeonClient, operations: Iterable[Operation], *, what: str) -> None:
    """Returns when every one of ``operations`` has succeeded; ``what`` says what for, in messages.

    Raises NeonOperationFailed for one that failed, NeonTimeout when ``pace.wait`` seconds have passed.
    """
    deadline, polls = client.pace.deadline(client.pace.wait), client.pace.polls()
    for operation in operations:
        current = operation
        while not current.ended:
            if not deadline.left:
                raise NeonTimeout(_still_running(what, current, client.pace.wait))
            client.pace.sleep(min(next(polls), deadline.left))
            current = client.operation(operation.project_id, operation.id)
        if current.failed:
            said = f": {current.error}" if current.error else ""
            raise NeonOperationFailed(f"{what}: {current} failed in Neon{said}")


def running_on(client: NeonClient, project_id: str, branch_id: str) -> list[Operation]:
    """What Neon is still doing to a branch, as a killed run may have left it, oldest first."""
    found = [op for op in client.operations(project_id) if op.branch_id == branch_id and not op.ended]
    return found[::-1]


def _still_running(what: str, operation: Operation, seconds: float) -> str:
    return (
        f"{what}: {operation} has not ended after {seconds:.0f} s. Nothing is lost: look at it in Neon's console, "
        "and run the same command again, which goes on from there"
    )
