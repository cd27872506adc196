"""Identifiers and passwords that look like Neon's."""

from __future__ import annotations

import random
import uuid

from localcloud.neon.store import Store

FIRST = (
    "aged",
    "bold",
    "calm",
    "cool",
    "damp",
    "dry",
    "fancy",
    "icy",
    "late",
    "misty",
    "odd",
    "quiet",
    "red",
    "shy",
    "wild",
)
SECOND = (
    "bird",
    "bush",
    "cloud",
    "dew",
    "fog",
    "glade",
    "hill",
    "lake",
    "leaf",
    "moon",
    "night",
    "pine",
    "rain",
    "sea",
    "sun",
)


DRAWN = "drawn"


class Names:
    """Drawn by the machine's own chance or, where the settings have a seed, from that: always the same, in order.

    How many were drawn is kept, so that a server which is started again goes on and repeats none.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def chance(self) -> random.Random:
        seed = self._store.settings.seed
        if seed is None:
            return random.SystemRandom()
        return random.Random(f"{seed}/{self._store.count(DRAWN)}")  # noqa: S311 - to be foreseen is what it is for

    def project_id(self) -> str:
        chance = self.chance()
        return f"{_words(chance)}-{chance.randrange(10**8):08}"

    def branch_id(self) -> str:
        return f"br-{self._tail()}"

    def endpoint_id(self) -> str:
        return f"ep-{self._tail()}"

    def password(self) -> str:
        return f"npg_{self.chance().getrandbits(96):024x}"

    def operation_id(self) -> str:
        return str(uuid.UUID(int=self.chance().getrandbits(128), version=4))

    def _tail(self) -> str:
        chance = self.chance()
        return f"{_words(chance)}-{chance.getrandbits(32):08x}"


def _words(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)}-{chance.choice(SECOND)}"
