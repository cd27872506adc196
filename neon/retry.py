"""When a request is sent again, and after how long: decisions without I/O, and the clock that they are given."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from neon.errors import NeonRequestError

_DOUBLINGS = 64  # more than any cap takes, and few enough for a float
_GROWTH = 1.15  # of the pauses between two looks: what ended is seen late by that part of what it took, at most


def _silent(_line: str) -> None:
    """Where nobody is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times in seconds, and the clock, sleep and chance they are measured with (tests give their own).

    ``call`` bounds one request with all its repetitions, ``wait`` the end of the operations it started, ``anonymize``
    that of an anonymization, which reads and writes all rows of the tables it masks; pauses between
    two looks at those grow from ``first_poll`` to ``poll``. ``connect`` and ``read`` bound one attempt. ``say`` is told
    what a wait of more than a second waits for.
    """

    connect: float = 5.0
    read: float = 30.0
    call: float = 120.0
    wait: float = 300.0
    anonymize: float = 3600.0
    first_poll: float = 0.1
    poll: float = 2.0
    base: float = 0.25
    cap: float = 10.0
    clock: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)
    chance: Callable[[], float] = field(default=random.random)
    say: Callable[[str], None] = field(default=_silent)

    def polls(self) -> Iterator[float]:
        """Pauses between two looks at an operation: short at first, for most take less than a second."""
        pause = self.first_poll
        while True:
            yield min(pause, self.poll)
            pause *= _GROWTH

    def deadline(self, seconds: float) -> Deadline:
        return Deadline(clock=self.clock, at=self.clock() + seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    clock: Callable[[], float]
    at: float

    @property
    def left(self) -> float:
        return max(0.0, self.at - self.clock())


def pause_before(error: NeonRequestError, attempt: int, *, pace: Pace, left: float) -> float | None:
    """Seconds until the next attempt (the first is 0), or None when the request must not or cannot be repeated."""
    return pause_after(error, attempt, pace=pace, left=left) if error.retryable else None


def pause_after(error: NeonRequestError, attempt: int, *, pace: Pace, left: float) -> float | None:
    """As ``pause_before``, for a request whose repetition is for the caller to decide.

    Full jitter between attempts. A Retry-After is never shortened: where it goes past the deadline, that is the end.
    """
    jitter = pace.chance() * min(pace.cap, pace.base * 2 ** min(attempt, _DOUBLINGS))
    pause = max(jitter, getattr(error, "retry_after", None) or 0.0)
    return pause if pause < left else None


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header in either of its forms, or None. ``now`` is the time of who sent it."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    moment = read_date(value)
    return None if moment is None else max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def read_date(value: str | None) -> datetime | None:
    """The time that a header of HTTP has; None for what is none."""
    try:
        there = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return there if there.tzinfo else there.replace(tzinfo=UTC)
