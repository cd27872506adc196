"""The settings of compute endpoints: what may be asked for, and the endpoint that comes of it."""

from __future__ import annotations

from localcloud.neon import errors
from localcloud.neon.bodies import EndpointSettings, NewEndpoint, refuse_unemulated
from localcloud.neon.context import Context
from localcloud.neon.records import Endpoint, Transition

DEFAULT_MIN_CU, DEFAULT_MAX_CU, WIDEST_CU = 0.25, 2.0, 8.0
SHORTEST_SUSPEND = 60


def limits(asked: EndpointSettings, *, min_cu: float, max_cu: float) -> tuple[float, float]:
    """The limits asked for over the ones given. Raises 400 for limits that Neon would not run."""
    low = asked.autoscaling_limit_min_cu if asked.autoscaling_limit_min_cu is not None else min_cu
    high = asked.autoscaling_limit_max_cu if asked.autoscaling_limit_max_cu is not None else max(max_cu, low)
    if low > high:
        raise errors.bad_request(f"autoscaling_limit_min_cu ({low:g}) is above autoscaling_limit_max_cu ({high:g})")
    if low != high and (high - low > WIDEST_CU or high > 2 * WIDEST_CU):
        raise errors.bad_request(
            f"autoscaling limits {low:g} to {high:g}: they may be {WIDEST_CU:g} CU apart and reach {2 * WIDEST_CU:g} CU"
        )
    return low, high


def suspend_timeout(asked: EndpointSettings, default: int) -> int:
    seconds = asked.suspend_timeout_seconds
    if seconds is not None and 0 < seconds < SHORTEST_SUSPEND:
        raise errors.bad_request(f"suspend_timeout_seconds: -1, 0 or at least {SHORTEST_SUSPEND}")
    return default if seconds is None else seconds


def refuse_other_endpoints(asked: NewEndpoint) -> None:
    if asked.type != "read_write":
        raise errors.not_emulated("read_only endpoints")
    refuse_unemulated(asked, ("settings",))


def new_endpoint(
    context: Context, asked: EndpointSettings, *, project_id: str, branch_id: str, name: str | None = None
) -> Endpoint:
    """An endpoint that is not yet started: its state has no operation."""
    now = context.clock()
    low, high = limits(asked, min_cu=DEFAULT_MIN_CU, max_cu=DEFAULT_MAX_CU)
    return Endpoint(
        id=context.names.endpoint_id(),
        project_id=project_id,
        branch_id=branch_id,
        name=name,
        min_cu=low,
        max_cu=high,
        suspend_timeout=suspend_timeout(asked, 0),
        disabled=False,
        created_at=now,
        updated_at=now,
        started_at=now,
        state=Transition(was="init", becomes="active", operation_id=None, since=now),
    )


def starting(endpoint: Endpoint, operation_id: str | None) -> Endpoint:
    return endpoint.model_copy(update={"state": endpoint.state.model_copy(update={"operation_id": operation_id})})
