"""A change of a project that is busy: what is in its way is found, waited for and, at the deadline, named.

Neon lets one change at a time into a project, and locks it for checks of its own. What it refuses for that reason it
has not begun, so the change is sent again, at once when what was in the way has ended.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from neon.errors import NeonBusy, NeonNotBegun, NeonNotFound, NeonOvertaken, NeonRequestError
from neon.models import Operation
from neon.operations import running, until_ended
from neon.progress import Progress
from neon.retry import Deadline, Pace, pause_before

if TYPE_CHECKING:
    from neon.client import NeonClient

T = TypeVar("T")
_SAID = "one change at a time is made in a Neon project"


def take_turn(lock: threading.RLock, pace: Pace, project_id: str) -> None:
    """Takes the lock that the changes of one project share in this process; its holder says itself what it does."""
    deadline, progress = pace.deadline(pace.anonymize), Progress(pace, _SAID)
    while not lock.acquire(timeout=min(pace.poll, deadline.left)):
        if not deadline.left:
            raise NeonNotBegun(
                f"another change of the Neon project {project_id} by this same run has not ended within "
                f"{pace.anonymize:.0f} s, and this one was not begun: run the same command again"
            )
        progress.tell(f"another change of the Neon project {project_id} by this run")


def in_turn(
    client: NeonClient, project_id: str, send: Callable[[Deadline], T], overtaken: Callable[[], bool] | None = None
) -> T:
    """What ``send`` returns; it is given the call's deadline, and called until the project lets it in.

    ``overtaken`` reads, after each wait, whether what was in the way has done what is asked for: an earlier request
    whose reply was lost may have begun only then. Raises NeonOvertaken where it has, and NeonBusy, naming the operation
    in the way, when ``pace.call`` seconds have passed.
    """
    turn = _Turn(client, project_id)
    for attempt in itertools.count():
        try:
            return send(turn.deadline)
        except NeonBusy as busy:
            holder = turn.oldest()
            if not turn.waited(holder, busy, attempt):
                raise _named(busy, holder, attempts=attempt + 1, seconds=turn.progress.seconds) from None
            if overtaken is not None and overtaken():
                said = "it was done while its turn was waited for"
                raise NeonOvertaken(said, request=busy.request, maybe_applied=True, retryable=False) from None
    raise AssertionError("unreachable: the last attempt returns or raises")


class _Turn:
    """What the waits of one change have in common."""

    def __init__(self, client: NeonClient, project_id: str) -> None:
        self._client, self._project_id = client, project_id
        self.deadline = client.pace.deadline(client.pace.call)
        self.progress = Progress(client.pace, f"the Neon project {project_id} lets in one change at a time")

    def oldest(self) -> Operation | None:
        """What has been under way for longest; None when nothing shows, or when Neon does not tell."""
        try:
            return next(iter(running(self._client, self._project_id, self.deadline)), None)
        except NeonRequestError:
            return None

    def waited(self, holder: Operation | None, busy: NeonBusy, attempt: int) -> bool:
        """Waits for ``holder``, and as long as Neon asked for; false when that is not before the deadline."""
        pace = self._client.pace
        asked = pace.deadline(busy.retry_after or 0.0)
        if asked.at > self.deadline.at:
            return False
        if holder is None:
            return self._backed_off(busy, attempt)
        if not self._waited_for(holder):
            return False
        if asked.left:
            self.progress.tell("the time to pass that Neon asked for", ahead=asked.left)
            pace.sleep(asked.left)
        return True

    def _waited_for(self, holder: Operation) -> bool:
        """Until it has ended, but ``pace.cap`` seconds at most: something else, which has ended, may have been in the
        way. One that Neon no longer knows is in nobody's."""
        patience = self._client.pace.cap
        try:
            last = until_ended(self._client, holder, self.deadline, self.progress, patience=patience)
        except NeonNotFound:
            return True
        return last.ended or self.deadline.left > 0

    def _backed_off(self, busy: NeonBusy, attempt: int) -> bool:
        pause = pause_before(busy, attempt, pace=self._client.pace, left=self.deadline.left)
        if pause is None:
            return False
        self.progress.tell("whatever holds it, for no operation shows", ahead=pause)
        self._client.pace.sleep(pause)
        return True


def _named(busy: NeonBusy, holder: Operation | None, *, attempts: int, seconds: float) -> NeonBusy:
    since = f" since {holder.created_at}" if holder and holder.created_at else ""
    what = f"{holder}{since}, on {holder.place}" if holder else "no operation that shows, perhaps a check of Neon's own"
    text = (
        f"{busy.meaning}, and nothing was changed: in the way is {what}. It was tried {attempts} times in "
        f"{seconds:.0f} s. Look at the project's operations in Neon's console; when they have ended, run the same "
        "command again, which goes on from there"
    )
    return type(busy)(text, request=busy.request, status=busy.status, code=busy.code, retry_after=busy.retry_after)
