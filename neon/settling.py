"""A change whose outcome may stay open: read, sent, and read again, so that it is made once."""

from __future__ import annotations

from collections.abc import Callable

from neon.client import NeonClient
from neon.errors import NeonConflict, NeonRequestError
from neon.models import Operation
from neon.operations import wait_for

ATTEMPTS = 3  # each is settled by reading before the next


def is_open(error: NeonRequestError) -> bool:
    """Whether what was asked for may be there all the same."""
    return error.maybe_applied or isinstance(error, NeonConflict)


def repeat_until_same(client: NeonClient, act: Callable[[], list[Operation]]) -> None:
    """Runs ``act``, which reads and then sends only what is missing, again after an outcome that stayed open."""
    for attempt in range(ATTEMPTS):
        try:
            operations = act()
        except NeonRequestError as error:
            if not is_open(error) or attempt == ATTEMPTS - 1:
                raise
            continue
        wait_for(client, operations, what="waiting for Neon")
        return
