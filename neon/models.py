"""What Neon's API returns, cut down to what is decided on. Unknown fields are ignored: Neon adds some every month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    name: str

    @classmethod
    def from_api(cls, data: Json) -> Project:
        return cls(id=data["id"], name=data["name"])


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
            id=data["id"],
            project_id=data["project_id"],
            name=data["name"],
            parent_id=data.get("parent_id"),
            default=bool(data.get("default")),
            protected=bool(data.get("protected")),
            state=str(data.get("current_state", "")),
            init_source=str(data.get("init_source") or ""),
            created_at=data["created_at"],
            last_reset_at=data.get("last_reset_at"),
            logical_size=data.get("logical_size"),
            ttl=data.get("ttl_interval_seconds") if data.get("expires_at") else None,
            expires_at=data.get("expires_at"),
            mark=dict((annotation or {}).get("value") or {}),
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
            id=data["id"],
            branch_id=data["branch_id"],
            host=data["host"],
            type=data["type"],
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
        return cls(name=data["name"], updated_at=data["updated_at"])


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
            id=data["id"],
            project_id=data["project_id"],
            branch_id=data.get("branch_id"),
            endpoint_id=data.get("endpoint_id"),
            action=data["action"],
            status=data["status"],
            error=str(data.get("error") or ""),
            created_at=str(data.get("created_at") or ""),
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
