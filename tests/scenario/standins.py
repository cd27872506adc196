"""What the stand-ins are told, and what they have seen."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """``begun`` is how far their journals had come before the test: what is read is what they have seen since."""

    env: Mapping[str, str]
    begun: dict[str, int] = field(default_factory=dict)

    def positions(self) -> dict[str, int]:
        """How far the stand-ins' journals have come."""
        return {part: self._told(part, "health")["journal"] for part in ("neon", "aws")}

    def mutations(self, since: Mapping[str, int] | None = None) -> list[str]:
        """The mutating requests that the stand-ins have seen, since this project was made or after a position."""
        after = since or self.begun
        entries = [entry for part in ("neon", "aws") for entry in self.journal(part, after[part])]
        return [entry["action"] for entry in entries if entry["mutating"]]

    def requests(self) -> int:
        """How many requests the stand-ins have seen, reads included."""
        return sum(len(self.journal(part)) for part in ("neon", "aws"))

    def journal(self, part: str, after: int | None = None) -> list[dict[str, Any]]:
        """The requests that a stand-in has seen, of all projects in it, since this one was made or after a position."""
        position = self.begun[part] if after is None else after
        found: list[dict[str, Any]] = self._told(part, f"journal?after={position}")["entries"]
        return found

    def put(self, part: str, seed: Any) -> None:
        """Has a stand-in make what is missing of ``seed``."""
        self._tell(part, "seed", seed)

    def settings(self, part: str, **changes: Any) -> None:
        """Changes the stand-in's own settings, for every project in it."""
        self._tell(part, "settings", changes)

    def _tell(self, part: str, what: str, body: Any) -> None:
        put(f"{self._control(part)}/{what}", body)

    def _told(self, part: str, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._control(part)}/{what}", timeout=20) as reply:  # noqa: S310
            found: dict[str, Any] = json.load(reply)
        return found

    def _control(self, part: str) -> str:
        host = self.env["NEON_API_HOST"].removesuffix("/api/v2") if part == "neon" else self.env["AWS_ENDPOINT_URL"]
        return f"{host}/_localcloud"


def put(address: str, body: Any) -> None:
    """Tells a stand-in something through its control address."""
    request = urllib.request.Request(  # noqa: S310 - the stand-in's own address, on loopback
        address, method="PUT", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
