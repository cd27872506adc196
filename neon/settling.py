"""A change whose outcome may stay open: read, sent, and read again, so that it is made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from neon.client import NeonClient
from neon.clock import now_there
from neon.errors import NeonOperationFailed, NeonRequestError
from neon.kept import moment
from neon.models import Branch, Operation
from neon.operations import NEXT_STEP, error_of, running_on, wait_for
from neon.progress import Progress
from neon.resending import Resending

_AT_REST = frozenset({"ready", "archived"})
_WHOLE_SECONDS = 2.0  # by which two of Neon's times, neither of which has a fraction, may seem closer or further
_LAG = 5.0  # seconds that a branch may take to show that it is ready, when something on it has failed before


def settle(client: NeonClient, branch: Branch) -> Branch:
    """The branch when what a killed run may have left under way on it has ended, and it can be worked with.

    Raises NeonOperationFailed for one that is not ready and does not become it, with the operation that has failed.
    """
    what = f"settling the Neon branch {branch.name!r}"
    under_way = running_on(client, branch.project_id, branch.id)
    wait_for(client, under_way, what=what)
    return branch if not under_way and branch.state in _AT_REST else _at_rest(client, branch, what)


def _at_rest(client: NeonClient, branch: Branch, what: str) -> Branch:
    """Operations that have ended are no proof: those that a run has left may have ended in failure."""
    polls, progress = client.pace.polls(), Progress(client.pace, "what is done on it has ended, and it is not ready")
    found = client.branch(branch.project_id, branch.id)
    failed = None if found.state in _AT_REST else _newest_failure(client, branch)
    deadline = client.pace.deadline(client.pace.wait if failed is None else _LAG)
    while found.state not in _AT_REST:
        if not deadline.left:
            raise NeonOperationFailed(_not_ready(found, failed, what))
        client.pace.sleep(min(next(polls), deadline.left))
        progress.tell(f"the Neon branch {found.name!r} ({found.id}), which is {found.state}")
        found = client.branch(branch.project_id, branch.id)
    return found


def _newest_failure(client: NeonClient, branch: Branch) -> Operation | None:
    """Of the branch's operations; Neon lists the newest first."""
    ended = client.operations(branch.project_id)
    return next((one for one in ended if one.branch_id == branch.id and one.failed), None)


def _not_ready(branch: Branch, failed: Operation | None, what: str) -> str:
    why = "though no operation on it has failed" if failed is None else f"for {failed} failed{error_of(failed)}"
    return (
        f"{what}: the branch {branch.name!r} ({branch.id}) is {branch.state}, not ready, {why}. {NEXT_STEP}. A branch "
        "that never becomes ready can be deleted in the console, its data with it; an up with recreate: true in the "
        "database settings then makes it anew"
    )


class Rest:
    """The end of what a change begins, where no reply has told its operations. Made before the change is sent."""

    def __init__(self, client: NeonClient, project_id: str, *, what: str) -> None:
        self._client, self._project_id, self._what = client, project_id, what
        self._begun = client.pace.clock()

    def wait(self, branch_id: str) -> None:
        """Returns when nothing is under way on the branch, which may be gone.

        Raises NeonOperationFailed also for an operation that has failed already, if it was begun since.
        """
        newest_first = self._client.operations(self._project_id)
        ago = timedelta(seconds=self._client.pace.clock() - self._begun + _WHOLE_SECONDS)
        since = now_there(self._client) - ago
        counting = [
            one
            for one in reversed(newest_first)
            if one.branch_id == branch_id and (not one.ended or _failed_since(one, since))
        ]
        wait_for(self._client, counting, what=self._what)


def _failed_since(operation: Operation, since: datetime) -> bool:
    return operation.failed and operation.created_at != "" and moment(operation.created_at) >= since


def repeat_until_same(
    client: NeonClient, act: Callable[[], list[Operation]], *, project_id: str, branch_id: str, what: str
) -> None:
    """Runs ``act``, which reads and then sends only what is missing, again after an outcome that stayed open.

    What is read then tells what Neon means to do, not that it is done: so what runs on the branch is waited for before
    and, as Neon may have begun only after that, at the end. ``what`` says what for, in messages.
    """
    rest, resending = Rest(client, project_id, what=what), Resending(client, what=what)
    while True:
        try:
            operations = act()
        except NeonRequestError as error:
            resending.note(error)
            resending.look(lambda: rest.wait(branch_id))
            resending.pause(error)
        else:
            wait_for(client, operations, what=what)
            if resending.first_open is not None:
                resending.look(lambda: rest.wait(branch_id))
            return


def carry_out(
    client: NeonClient,
    branch: Branch,
    send: Callable[[Callable[[], bool]], Iterable[Operation]],
    *,
    applied: Callable[[], bool],
    what: str,
) -> None:
    """Sends a change of ``branch`` and waits for its end.

    Where the reply was lost, ``applied`` reads, when Neon has come to rest, whether the change was made all the same:
    only if not is it sent again. ``send`` is given it, for a request that was lost may begin as late as that.
    """
    rest, resending = Rest(client, branch.project_id, what=what), Resending(client, what=what)

    def made() -> bool:
        rest.wait(branch.id)
        there = applied()
        if there:
            rest.wait(branch.id)  # Neon may have begun only after the first look
        return there

    while True:
        try:
            operations = send(applied)
        except NeonRequestError as error:
            resending.note(error)
            if resending.look(made):
                return
            resending.pause(error)
        else:
            wait_for(client, operations, what=what)
            return
