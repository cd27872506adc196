"""The JSON that callers see. Names and required fields are those of Neon's API reference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from localcloud.neon import masking, status
from localcloud.neon.context import Json
from localcloud.neon.records import Branch, Database, Endpoint, Masking, Operation, Project, Role, Run
from localcloud.neon.status import Operations

DOMAIN = "neon.localhost"
REGION = "aws-us-west-2"
USER = "localcloud"
COUNTERS = ("active_time_seconds", "compute_time_seconds", "cpu_used_sec", "written_data_bytes", "data_transfer_bytes")


def moment(seconds: float) -> str:
    """RFC 3339 in UTC, to the second, as Neon writes it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _given(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else moment(seconds)


def project_item(project: Project) -> Json:
    return {
        "id": project.id,
        "name": project.name,
        "platform_id": "aws",
        "region_id": REGION,
        "pg_version": 18,
        "proxy_host": DOMAIN,
        "provisioner": "k8s-neonvm",
        "branch_logical_size_limit": 16_384,
        "branch_logical_size_limit_bytes": 16_384 * 1024 * 1024,
        "store_passwords": project.store_passwords,
        "creation_source": "console",
        "owner_id": USER,
        "active_time": 0,
        "cpu_used_sec": 0,
        "history_retention_seconds": 0,
        "default_endpoint_settings": {
            "autoscaling_limit_min_cu": 0.25,
            "autoscaling_limit_max_cu": 2,
            "suspend_timeout_seconds": 0,
        },
        "created_at": moment(project.created_at),
        "updated_at": moment(project.updated_at),
    }


def project_view(project: Project, now: float) -> Json:
    start = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    item = {name: value for name, value in project_item(project).items() if name != "active_time"}
    return {
        **item,
        **dict.fromkeys(COUNTERS, 0),
        "data_storage_bytes_hour": 0,
        "consumption_period_start": moment(start.timestamp()),
        "consumption_period_end": moment(end.timestamp()),
    }


def branch_view(branch: Branch, operations: Operations, now: float) -> Json:
    return {
        "id": branch.id,
        "project_id": branch.project_id,
        "name": branch.name,
        "current_state": status.current_state(branch.state, operations, now),
        "state_changed_at": moment(status.changed_at(branch.state, operations, now)),
        "creation_source": "console",
        "primary": branch.default,
        "default": branch.default,
        "protected": branch.protected,
        **dict.fromkeys(COUNTERS, 0),
        "created_at": moment(branch.created_at),
        "updated_at": moment(branch.updated_at),
        "created_by": {"name": USER, "image": ""},
        "init_source": branch.init_source,
        "restricted_actions": [action.model_dump() for action in masking.restrictions(branch, operations, now)],
        **_given(
            parent_id=branch.parent_id,
            parent_lsn=branch.parent_lsn,
            parent_timestamp=_moment(branch.parent_timestamp),
            pending_state=status.pending_state(branch.state, operations, now),
            logical_size=branch.logical_size,
            expires_at=_moment(branch.expires_at),
            ttl_interval_seconds=branch.ttl_seconds,
            last_reset_at=_moment(branch.last_reset_at),
        ),
    }


def anonymized_view(branch: Branch, operations: Operations, now: float) -> Json:
    """The status of an anonymized branch."""
    kept = branch.masking
    assert kept is not None  # noqa: S101
    state, run = masking.state_of(branch, kept, operations, now), kept.run
    begun = run is not None and run.started_at <= now
    ended = begun and state in ("anonymized", "error")
    return {
        "project_id": branch.project_id,
        "branch_id": branch.id,
        "state": state,
        "status_message": masking.message(state, kept),
        "created_at": moment(kept.created_at),
        "updated_at": moment(kept.updated_at),
        **_given(failed_at=moment(run.finish_at) if run and state == "error" else None),
        **({"last_run": _run_view(run, ended=ended)} if run and begun else {}),
    }


def _run_view(run: Run, *, ended: bool) -> Json:
    return {
        "started_at": moment(run.started_at),
        **({"completed_at": moment(run.finish_at)} if ended else {}),
        **({"masked_columns": run.columns} if ended and run.error is None else {}),
    }


def rules_view(kept: Masking) -> Json:
    return {"masking_rules": [rule.model_dump(exclude_none=True) for rule in kept.rules]}


def annotation_view(branch: Branch) -> Json:
    return {
        "object": {"type": "console/branch", "id": branch.id},
        "value": branch.annotation,
        "created_at": moment(branch.created_at),
        "updated_at": moment(branch.created_at),
    }


def host(endpoint: Endpoint, *, pooled: bool = False) -> str:
    return f"{endpoint.id}{'-pooler' if pooled else ''}.{DOMAIN}"


def endpoint_view(endpoint: Endpoint, operations: Operations, now: float) -> Json:
    return {
        "host": host(endpoint),
        "id": endpoint.id,
        "project_id": endpoint.project_id,
        "branch_id": endpoint.branch_id,
        "autoscaling_limit_min_cu": endpoint.min_cu,
        "autoscaling_limit_max_cu": endpoint.max_cu,
        "region_id": REGION,
        "type": "read_write",
        "current_state": status.current_state(endpoint.state, operations, now),
        "settings": {},
        "pooler_enabled": False,
        "pooler_mode": "transaction",
        "disabled": endpoint.disabled,
        "passwordless_access": True,
        "creation_source": "console",
        "created_at": moment(endpoint.created_at),
        "updated_at": moment(endpoint.updated_at),
        "proxy_host": DOMAIN,
        "suspend_timeout_seconds": endpoint.suspend_timeout,
        "provisioner": "k8s-neonvm",
        **_given(
            name=endpoint.name,
            pending_state=status.pending_state(endpoint.state, operations, now),
            started_at=_moment(endpoint.started_at),
            suspended_at=_moment(endpoint.suspended_at),
        ),
    }


def operation_view(operation: Operation, now: float) -> Json:
    state = status.operation_status(operation, now)
    ended = operation.finish_at if state in ("finished", "failed") else now
    begun = max(operation.created_at, min(operation.start_at, ended))
    return {
        "id": operation.id,
        "project_id": operation.project_id,
        "action": operation.action,
        "status": state,
        "failures_count": 1 if operation.error is not None else 0,
        "created_at": moment(operation.created_at),
        "updated_at": moment(ended if state in ("finished", "failed") else begun),
        "total_duration_ms": round((ended - begun) * 1000),
        **_given(branch_id=operation.branch_id, endpoint_id=operation.endpoint_id, error=operation.error),
    }


def operations_view(operations: Iterable[Operation], now: float) -> list[Json]:
    return [operation_view(operation, now) for operation in operations]


def role_view(role: Role, branch_id: str) -> Json:
    return {
        "branch_id": branch_id,
        "name": role.name,
        "protected": False,
        "authentication_method": "password",
        "created_at": moment(role.created_at),
        "updated_at": moment(role.updated_at),
    }


def database_view(database: Database, branch_id: str) -> Json:
    return {
        "id": database.id,
        "branch_id": branch_id,
        "name": database.name,
        "owner_name": database.owner,
        "created_at": moment(database.created_at),
        "updated_at": moment(database.created_at),
    }


def connection_uri(endpoint: Endpoint, role: Role, database: str, *, port: int, pooled: bool) -> str:
    """A libpq URI. It carries the address, as `*.localhost` does not resolve on every machine."""
    person = f"{quote(role.name, safe='')}:{quote(role.password, safe='')}"
    address = f"{host(endpoint, pooled=pooled)}:{port}"
    return f"postgresql://{person}@{address}/{quote(database, safe='')}?sslmode=require&hostaddr=127.0.0.1"


def connection_details(endpoint: Endpoint, role: Role, database: str, *, port: int) -> Json:
    return {
        "connection_uri": connection_uri(endpoint, role, database, port=port, pooled=False),
        "connection_parameters": {
            "database": database,
            "password": role.password,
            "role": role.name,
            "host": host(endpoint),
            "pooler_host": host(endpoint, pooled=True),
        },
    }
