"""What the clock says: the states of operations, branches and endpoints at a moment. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from localcloud.neon.records import Operation, Project, Transition

OperationStatus = Literal["scheduling", "running", "finished", "failed"]
Operations = Mapping[str, Operation]


def operation_status(operation: Operation, now: float) -> OperationStatus:
    if operation.error is not None:
        return "failed"
    if now < operation.start_at:
        return "scheduling"
    return "running" if now < operation.finish_at or operation.job_id is not None else "finished"


def is_pending(operation: Operation | None, now: float) -> bool:
    return operation is not None and operation_status(operation, now) in ("scheduling", "running")


def is_busy(project: Project, operations: Operations, now: float) -> bool:
    """Whether an operation of the project is under way, so that no other change may begin."""
    return any(is_pending(operations.get(name), now) for name in project.chain)


def current_state(state: Transition, operations: Operations, now: float) -> str:
    """The later state from the moment on that the operation finished; a failed operation leaves the earlier one."""
    operation = operations.get(state.operation_id) if state.operation_id is not None else None
    return state.becomes if operation is None or operation_status(operation, now) == "finished" else state.was


def pending_state(state: Transition, operations: Operations, now: float) -> str | None:
    """The state that is on its way, or None."""
    operation = operations.get(state.operation_id) if state.operation_id is not None else None
    return state.becomes if is_pending(operation, now) else None


def changed_at(state: Transition, operations: Operations, now: float) -> float:
    """When the current state began."""
    operation = operations.get(state.operation_id) if state.operation_id is not None else None
    finished = operation is not None and operation_status(operation, now) == "finished"
    return operation.finish_at if finished and operation is not None else state.since
