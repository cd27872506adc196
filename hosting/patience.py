"""Waiting: time as a wait sees it, the pauses between two looks, one deadline for everything that is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from hosting.errors import HostingBusy

T = TypeVar("T")

_AGAIN = 60.0  # seconds until a state that stays is told once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time in seconds, and where a wait says what it waits for. Pauses grow from ``first``."""

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)
    say: Callable[[str], None] = field(default=print)
    first: float = 0.25
    longest: float = 5.0

    def pauses(self) -> Iterator[float]:
        pause = self.first
        while True:
            yield min(pause, self.longest)
            pause *= 1.25


@dataclass(slots=True, kw_only=True)
class Told:
    """Says what a wait sees: each state when it comes, and once a minute while it stays, with the seconds since
    ``begun`` on the clock."""

    clock: Clock
    begun: float
    last: str = ""
    at: float = 0.0

    @classmethod
    def from_now(cls, clock: Clock) -> Told:
        return cls(clock=clock, begun=clock.now())

    def say(self, state: str) -> None:
        now = self.clock.now()
        if state == self.last and now - self.at < _AGAIN:
            return
        self.clock.say(state if state != self.last else f"{state}, {now - self.begun:.0f} s")
        self.last, self.at = state, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """A clock and the time on it at which it is over. Several waits may share one."""

    clock: Clock
    end: float

    @classmethod
    def of(cls, seconds: float, clock: Clock | None = None) -> Patience:
        """From now on, for that long."""
        chosen = clock or Clock()
        return cls(clock=chosen, end=chosen.now() + seconds)

    def looks(self) -> Iterator[None]:
        """A turn at once, then one after each pause, the last one at the deadline or just after it."""
        for pause in self.clock.pauses():
            yield
            if self.clock.now() >= self.end:
                return
            self.clock.sleep(pause)

    def insist(self, act: Callable[[], T]) -> T:
        """What ``act`` returns, asked again while AWS is too busy. Raises its HostingBusy at the deadline."""
        said = ""
        for _ in self.looks():
            try:
                return act()
            except HostingBusy as busy:
                last = busy
            if said != str(last):
                said = str(last)
                self.clock.say(f"{said}; waiting")
        raise last
