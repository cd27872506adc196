"""A backend stack that cannot be deployed to any more: what CloudFormation lets one do about it."""

from __future__ import annotations

from enum import StrEnum

from hosting.backend_state import stack_status
from hosting.clients import Aws
from hosting.errors import HostingError, explained
from hosting.patience import Patience

_STUCK = "UPDATE_ROLLBACK_FAILED"
_UNFINISHED = "UPDATE_FAILED"  # a deployment that was told to keep what it had done
_LOST = {
    "ROLLBACK_COMPLETE": "its first deployment failed; delete the stack, and the next build deploys it anew",
    "ROLLBACK_FAILED": "its first deployment failed and could not be undone; delete the stack, keeping what blocks it",
    "CREATE_FAILED": "its first deployment failed; delete the stack, and the next build deploys it anew",
    "DELETE_FAILED": "it was being deleted; finish that, keeping what blocks it, and the next build deploys it anew",
}


class Way(StrEnum):
    """What gets a stack into a state that it can be deployed to from."""

    NOTHING = "nothing"
    WAIT = "wait"
    CONTINUE = "continue its rollback"
    ROLL_BACK = "roll it back"
    BY_HAND = "by hand"


def way_out(status: str | None) -> Way:
    """None is no stack at all, which is fine: the build makes one."""
    if status is None or status == "DELETE_COMPLETE":
        return Way.NOTHING
    if status == _STUCK:
        return Way.CONTINUE
    if status == _UNFINISHED:
        return Way.ROLL_BACK
    if status.endswith("_IN_PROGRESS"):
        return Way.WAIT
    return Way.BY_HAND if status in _LOST else Way.NOTHING


def refuse_lost(name: str, status: str | None) -> None:
    """Raises HostingError for a stack that CloudFormation rolls back no more, with what to do."""
    if status is not None and way_out(status) is Way.BY_HAND:
        raise HostingError(f"the backend stack {name} is {status}: {_LOST[status]}")


def settle(aws: Aws, name: str, patience: Patience) -> str | None:
    """The stack's status when it can be deployed to again. Raises HostingError when it cannot, and at the deadline."""
    tried, moved, said = set[Way](), False, ""
    for _ in patience.looks():
        status = patience.insist(lambda: stack_status(aws, name))
        refuse_lost(name, status)
        way = way_out(status)
        if way is Way.NOTHING:
            return status
        if status != said:
            said = str(status)
            patience.clock.say(f"the backend stack {name} is {said}")
        moved = moved or way is Way.WAIT
        if way in tried and moved:
            raise HostingError(
                f"the backend stack {name} is {status} again: its events tell which resource cannot go back; skip it "
                "with `aws cloudformation continue-update-rollback --resources-to-skip`"
            )
        if way is not Way.WAIT and way not in tried:
            tried.add(way)
            moved = False
            patience.insist(lambda: _act(aws, name, way))  # noqa: B023 - used before the next turn
    raise HostingError(f"the backend stack {name} is still {said}: wait for its end and run it again")


def _act(aws: Aws, name: str, way: Way) -> None:
    with explained(f"rolling back the backend stack {name}"):
        if way is Way.CONTINUE:
            aws.cloudformation.continue_update_rollback(StackName=name)
        else:
            aws.cloudformation.rollback_stack(StackName=name)
