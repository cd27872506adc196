"""What a wait says meanwhile: a person who sees nothing for long takes it for hung."""

from __future__ import annotations

from neon.retry import Pace

_FIRST = 1.0  # seconds: what is over before needs no word
_SELDOMER = 3  # times as long until a wait is told of again, but
_LONGEST = 60.0  # seconds at most


class Progress:
    """Tells what is waited for and ``why``, once a wait takes more than a second, and then ever more seldom."""

    def __init__(self, pace: Pace, why: str) -> None:
        self._pace, self._why = pace, why
        self._begun, self._next = pace.clock(), _FIRST

    @property
    def seconds(self) -> float:
        return self._pace.clock() - self._begun

    def tell(self, what: str, *, ahead: float = 0.0) -> None:
        """``ahead`` are seconds that pass in any case before this can be called again."""
        whole = self.seconds + ahead
        if whole >= self._next:
            self._next = min(whole * _SELDOMER, whole + _LONGEST)
            self._pace.say(f"waiting for {what}, {whole:.0f} s: {self._why}")
