"""What Neon's API returns, cut down to what is decided on. Unknown fields are ignored: Neon adds some every month."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


def _text(value: Any) -> str:
    """Raises TypeError for anything else, here, where that is told as a reply that is not understood."""
    if not isinstance(value, str):
        raise TypeError
    return value


def _time(value: Any) -> str:
    """Raises TypeError, or ValueError for what is no time with a zone."""
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise ValueError
    return str(value)


def _whole(value: Any) -> int | None:
    """Raises TypeError for what is no number, and neither left out nor null."""
    return None if value is None else operator.index(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    name: str

    @classmethod
    def from_api(cls, data: Json) -> Project:
        return cls(id=_text(data["id"]), name=_text(data["name"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch. ``mark`` is its annotation, which Neon takes at creation only; empty when there is none.

    ``init_source`` is what it was made from, in Neon's words. Times are RFC 3339, ``logical_size`` is in bytes, ``ttl``
    in seconds (None: it stays), ending at ``expires_at``. ``restricted`` is what Neon does not allow, with the reason.
    """

    id: str
    project_id: str
    name: str
    parent_id: str | None
    default: bool
    protected: bool
    state: str
    init_source: str
    created_at: str
    last_reset_at: str | None
    logical_size: int | None
    ttl: int | None
    expires_at: str | None
    mark: Mapping[str, str]
    restricted: Mapping[str, str]

    @classmethod
    def from_api(cls, data: Json, annotation: Json | None = None) -> Branch:
        return cls(
            id=_text(data["id"]),
            project_id=_text(data["project_id"]),
            name=_text(data["name"]),
            parent_id=data.get("parent_id"),
            default=bool(data.get("default")),
            protected=bool(data.get("protected")),
            state=str(data.get("current_state", "")),
            init_source=str(data.get("init_source") or ""),
            created_at=_time(data["created_at"]),
            last_reset_at=_time(data["last_reset_at"]) if data.get("last_reset_at") else None,
            logical_size=_whole(data.get("logical_size")),
            ttl=_whole(data.get("ttl_interval_seconds")) if data.get("expires_at") else None,
            expires_at=data.get("expires_at"),
            mark={key: str(value) for key, value in ((annotation or {}).get("value") or {}).items()},
            restricted={str(a.get("name")): str(a.get("reason")) for a in data.get("restricted_actions") or []},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """Sizes in compute units (0.25 to 56), ``suspend`` in seconds; None leaves Neon's own setting."""

    min: float | None = None
    max: float | None = None
    suspend: int | None = None

    def to_api(self) -> dict[str, float | int]:
        """Only what was set: Neon's plans refuse some fields whatever their value."""
        fields = {
            "autoscaling_limit_min_cu": self.min,
            "autoscaling_limit_max_cu": self.max,
            "suspend_timeout_seconds": self.suspend,
        }
        return {key: value for key, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A compute endpoint. ``host`` is the address of direct connections; nobody can connect to a ``disabled`` one."""

    id: str
    branch_id: str
    host: str
    type: str
    compute: Compute
    disabled: bool = False

    @classmethod
    def from_api(cls, data: Json) -> Endpoint:
        return cls(
            id=_text(data["id"]),
            branch_id=_text(data["branch_id"]),
            host=_text(data["host"]),
            type=_text(data["type"]),
            compute=Compute(
                min=data.get("autoscaling_limit_min_cu"),
                max=data.get("autoscaling_limit_max_cu"),
                suspend=data.get("suspend_timeout_seconds"),
            ),
            disabled=bool(data.get("disabled")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of one branch, never with its password. ``updated_at`` is RFC 3339."""

    name: str
    updated_at: str

    @classmethod
    def from_api(cls, data: Json) -> Role:
        return cls(name=_text(data["name"]), updated_at=_time(data["updated_at"]))


SUCCEEDED = frozenset({"finished", "skipped"})
FAILED = frozenset({"failed", "error", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Work that Neon goes on with after its reply. A status that is unknown here counts as not ended.

    ``created_at`` is RFC 3339, empty when Neon did not say.
    """

    id: str
    project_id: str
    branch_id: str | None
    endpoint_id: str | None
    action: str
    status: str
    error: str
    created_at: str

    @classmethod
    def from_api(cls, data: Json) -> Operation:
        return cls(
            id=_text(data["id"]),
            project_id=_text(data["project_id"]),
            branch_id=data.get("branch_id"),
            endpoint_id=data.get("endpoint_id"),
            action=_text(data["action"]),
            status=_text(data["status"]),
            error=str(data.get("error") or ""),
            created_at=_time(data["created_at"]) if data.get("created_at") else "",
        )

    @property
    def ended(self) -> bool:
        return self.status in SUCCEEDED or self.status in FAILED

    @property
    def failed(self) -> bool:
        return self.status in FAILED

    @property
    def place(self) -> str:
        """The endpoint and branch that it works on, by their ids."""
        return " of ".join(part for part in (self.endpoint_id, self.branch_id) if part) or self.project_id

    def __str__(self) -> str:
        return f"operation {self.action} {self.id} ({self.status})"
