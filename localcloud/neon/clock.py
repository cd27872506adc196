"""The time that the server goes by."""

from __future__ import annotations

import time

from localcloud.neon.store import Store

CHANGES = "changes"


class Clock:
    """Seconds since 1970: the machine's, or those of a clock that stands and moves on by a second with each change."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self) -> float:
        begun = self._store.settings.clock
        return time.time() if begun is None else begun.timestamp() + self._store.counted(CHANGES)

    @property
    def stands(self) -> bool:
        return self._store.settings.clock is not None

    def move_on(self) -> None:
        """A change begins: whoever waits for a clock that stands would wait for ever."""
        if self.stands:
            self._store.count(CHANGES)
