"""A change whose outcome may stay open: read, sent, and read again, so that it is made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from neon.client import NeonClient
from neon.errors import NeonConflict, NeonRequestError
from neon.models import Branch, Operation
from neon.operations import running_on, wait_for

ATTEMPTS = 3  # each is settled by reading before the next


def is_open(error: NeonRequestError) -> bool:
    """Whether what was asked for may be there all the same."""
    return error.maybe_applied or isinstance(error, NeonConflict)


def repeat_until_same(client: NeonClient, act: Callable[[], list[Operation]], *, what: str) -> None:
    """Runs ``act``, which reads and then sends only what is missing, again after an outcome that stayed open.

    ``what`` says what for, in messages.
    """
    for attempt in range(ATTEMPTS):
        try:
            operations = act()
        except NeonRequestError as error:
            if not is_open(error) or attempt == ATTEMPTS - 1:
                raise
            continue
        wait_for(client, operations, what=what)
        return


def carry_out(
    client: NeonClient,
    branch: Branch,
    send: Callable[[], Iterable[Operation]],
    *,
    applied: Callable[[], bool],
    what: str,
) -> None:
    """Sends a change of ``branch`` and waits for its end.

    Where the reply was lost, ``applied`` reads, when Neon has come to rest, whether the change was made all the same:
    only if not is it sent again.
    """

    def rest() -> None:
        wait_for(client, running_on(client, branch.project_id, branch.id), what=what)

    for attempt in range(1, ATTEMPTS + 1):
        try:
            operations = send()
        except NeonRequestError as error:
            if not error.maybe_applied:
                raise
            rest()
            if applied():
                rest()  # Neon may have begun only after the first look
                return
            if attempt == ATTEMPTS:
                raise
        else:
            wait_for(client, operations, what=what)
            return
