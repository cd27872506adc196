"""The bodies and query parameters that requests may have. An unknown name or another type is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from localcloud.neon import errors
from localcloud.neon.records import MaskingRule, RestrictedAction

Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
BranchName = Annotated[str, Field(min_length=1, max_length=256)]
ComputeUnits = Annotated[float, Field(ge=0.25, le=56)]
SuspendTimeout = Annotated[int, Field(ge=-1, le=604_800)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class EndpointSettings(Body):
    """Limits and timeout of a compute endpoint; the fields below `provisioner` are known to Neon and not emulated."""

    autoscaling_limit_min_cu: ComputeUnits | None = None
    autoscaling_limit_max_cu: ComputeUnits | None = None
    suspend_timeout_seconds: SuspendTimeout | None = None
    provisioner: Literal["k8s-pod", "k8s-neonvm"] | None = None
    settings: dict[str, Any] | None = None


class NewEndpoint(EndpointSettings):
    type: Literal["read_write", "read_only"]


class NewBranch(Body):
    parent_id: Id | Literal[""] | None = None
    name: BranchName | None = None
    protected: bool | None = None
    init_source: Literal["parent-data", "schema-only"] | None = None
    expires_at: AwareDatetime | None = None
    parent_lsn: str | None = None
    parent_timestamp: AwareDatetime | None = None
    archived: bool | None = None


class CreateBranch(Body):
    endpoints: list[NewEndpoint] | None = None
    branch: NewBranch | None = None
    annotation_value: Annotated[dict[str, str], Field(max_length=50)] | None = None


class CreateAnonymized(Body):
    branch_create: CreateBranch | None = None
    masking_rules: list[MaskingRule] | None = None
    start_anonymization: bool | None = None
    annotation_value: Annotated[dict[str, str], Field(max_length=50)] | None = None


class UpdateMaskingRules(Body):
    masking_rules: list[MaskingRule]


class BranchChange(Body):
    name: BranchName | None = None
    protected: bool | None = None
    expires_at: AwareDatetime | None = None


class UpdateBranch(Body):
    branch: BranchChange


class RestoreBranch(Body):
    source_branch_id: Id
    source_lsn: str | None = None
    source_timestamp: AwareDatetime | None = None
    preserve_under_name: Annotated[str, Field(max_length=256)] | None = None


class EndpointChange(EndpointSettings):
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    disabled: bool | None = None
    branch_id: Id | None = None
    pooler_enabled: bool | None = None
    pooler_mode: Literal["transaction"] | None = None
    passwordless_access: bool | None = None


class EndpointToCreate(EndpointChange):
    type: Literal["read_write", "read_only"]
    branch_id: Id
    region_id: str | None = None


class CreateEndpoint(Body):
    endpoint: EndpointToCreate


class UpdateEndpoint(Body):
    endpoint: EndpointChange


class SeedProject(Body):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    branch: BranchName = "main"
    database: Annotated[str, Field(min_length=1, max_length=63)] = "neondb"
    role: Annotated[str, Field(min_length=1, max_length=63)] = "neondb_owner"
    sql: list[str] = []
    store_passwords: bool = True
    another: bool = False


class Seed(Body):
    projects: list[SeedProject]


class Restrict(Body):
    branch_id: Id
    restricted_actions: list[RestrictedAction]


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ProjectsQuery(Query):
    cursor: str | None = None
    limit: int = Field(default=10, ge=1, le=400)
    search: str = ""
    timeout: int | None = Field(default=None, ge=100, le=30_000)
    org_id: str | None = None
    recoverable: bool = False


class BranchesQuery(Query):
    search: str = ""
    sort_by: Literal["name", "created_at", "updated_at"] = "updated_at"
    sort_order: Literal["asc", "desc"] = "desc"
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=10_000)
    include_deleted: bool = False


class OperationsQuery(Query):
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class DeleteBranchQuery(Query):
    hard_delete: bool = False


class ConnectionUriQuery(Query):
    branch_id: Id | None = None
    endpoint_id: Id | None = None
    database_name: str
    role_name: str
    pooled: bool = False


class JournalQuery(Query):
    after: int = Field(default=0, ge=0)


B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)


def read_body(model: type[B], raw: bytes) -> B:
    """The body as `model`. Raises ApiError 400 that names what is wrong."""
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise errors.invalid(error, "request body") from None


def read_query(model: type[Q], query: dict[str, str]) -> Q:
    try:
        return model.model_validate(query)
    except ValidationError as error:
        raise errors.invalid(error, "query parameter") from None


def refuse_unemulated(body: Body, names: tuple[str, ...]) -> None:
    """Raise 501 for a field that Neon knows and this server does not act on."""
    for name in names:
        if getattr(body, name) not in (None, False, {}, []):
            raise errors.not_emulated(f"the field {name}")
