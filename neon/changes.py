"""What a branch should be, and what of it has to be sent: only what differs, for Neon refuses more. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from neon.kinds import Kind
from neon.masking import MaskingRule
from neon.models import Branch, Compute, Endpoint

_TTL_SLACK = 120  # seconds: Neon counts from when it gets the request, and gives back what is left then


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSpec:
    """What a branch should be. ``source`` names the branch that it is copied from, at creation only.

    ``masking`` are the rules of an anonymized branch, at least one.

    ``protected`` None leaves Neon's protection as it is. ``ttl`` is in seconds; Neon renews it at each reset, and
    deletes the branch when it has passed.
    """

    project_id: str
    name: str
    mark: Mapping[str, str]
    source: str | None = None
    kind: Kind = Kind.COPY
    masking: tuple[MaskingRule, ...] = ()
    adopt: bool = False
    protected: bool | None = False
    ttl: int | None = None
    compute: Compute = field(default_factory=Compute)


def branch_changes(branch: Branch, spec: BranchSpec) -> dict[str, str | bool]:
    """The fields to PATCH: only those that differ, for Neon refuses a rename to the same name."""
    wanted: dict[str, str | bool] = {"name": spec.name}
    if spec.protected is not None:
        wanted["protected"] = spec.protected
    actual: dict[str, str | bool] = {"name": branch.name, "protected": branch.protected}
    return {key: value for key, value in wanted.items() if actual[key] != value}


def ttl_changes(branch: Branch, spec: BranchSpec, now: datetime) -> dict[str, str | None]:
    """The expiry to PATCH: from ``now`` (Neon's) on, when the time to live is another one; null takes it away."""
    if spec.adopt or same_ttl(branch.ttl, spec.ttl):
        return {}
    return {"expires_at": None if spec.ttl is None else expiry(spec.ttl, now)}


def same_ttl(actual: int | None, wanted: int | None) -> bool:
    """Whether two times to live are the same, to within what a slow request takes off."""
    if actual is None or wanted is None:
        return actual is wanted
    return abs(actual - wanted) <= _TTL_SLACK


def expiry(ttl: int, now: datetime) -> str:
    """RFC 3339 in whole seconds, as Neon takes it. ``now`` is by Neon's clock, by which the branch goes."""
    return (now + timedelta(seconds=ttl)).strftime("%Y-%m-%dT%H:%M:%SZ")


def endpoint_changes(actual: Endpoint, wanted: Compute) -> dict[str, float | bool]:
    """The fields to PATCH: sizes that differ, and whatever it takes that somebody can connect."""
    sizes = compute_changes(actual.compute, wanted).to_api()
    return {**sizes, "disabled": False} if actual.disabled else {**sizes}


def compute_changes(actual: Compute, wanted: Compute) -> Compute:
    """Sizes to PATCH: those that were set and differ. Both limits go together, for Neon checks them as a pair."""
    sizes_differ = any(
        want is not None and want != have for have, want in ((actual.min, wanted.min), (actual.max, wanted.max))
    )
    suspend_differs = wanted.suspend is not None and wanted.suspend != actual.suspend
    return Compute(
        min=wanted.min if sizes_differ else None,
        max=wanted.max if sizes_differ else None,
        suspend=wanted.suspend if suspend_differs else None,
    )
