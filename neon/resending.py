"""A change that is sent again when its outcome was open: after how long, how often, and what is told when nobody can
look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from neon.errors import NeonConflict, NeonNotFound, NeonRequestError
from neon.operations import maybe_done
from neon.progress import Progress
from neon.retry import pause_after

if TYPE_CHECKING:
    from neon.client import NeonClient

T = TypeVar("T")
ATTEMPTS = 3  # each is settled by reading before the next


def is_open(error: NeonRequestError) -> bool:
    """Whether what was asked for may be there all the same."""
    return error.maybe_applied or isinstance(error, NeonConflict)


class Resending:
    """The attempts of one change; ``what`` says what it is, in messages."""

    def __init__(self, client: NeonClient, *, what: str) -> None:
        self._pace, self._what = client.pace, what
        self._progress = Progress(client.pace, f"{what}: its reply was lost")
        self._failed = 0
        self.first_open: NeonRequestError | None = None

    def note(self, error: NeonRequestError) -> None:
        """Returns for an outcome that is open and is now to be looked at; raises ``error`` for any other.

        After an earlier one that was open no error says that nothing was applied: that request may come late.
        """
        if is_open(error):
            self.first_open = self.first_open or error
            return
        if self.first_open is not None:
            self._blind(error)
            error.maybe_applied = True
        raise error

    def look(self, read: Callable[[], T]) -> T:
        """What ``read`` sees. Raises NeonUnseen, of the request whose outcome is open, where it cannot."""
        try:
            return read()
        except NeonRequestError as error:
            self._blind(error)
            raise

    def _blind(self, error: NeonRequestError) -> None:
        gone = isinstance(error, NeonNotFound)
        if self.first_open is not None and error.request.reads_only and not gone:
            raise maybe_done(self._what, error).because_of(self.first_open) from None

    def pause(self, error: NeonRequestError) -> None:
        """Returns when it may be sent again: not before Neon asked for it. Raises ``error`` after the last attempt."""
        self._failed += 1
        pause = pause_after(error, self._failed + 1, pace=self._pace, left=self._pace.call)
        if self._failed == ATTEMPTS or pause is None:
            raise error
        self._progress.tell("the time to ask for it again", ahead=pause)
        self._pace.sleep(pause)
