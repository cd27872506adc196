"""What the server remembers. Times are seconds since 1970; what a caller sees is made from it in `views`."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Something unchangeable; a change makes another one (`model_copy`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Record(Value):
    """A value with an identity, kept in the store under its `kind`."""

    kind: ClassVar[str]
    id: str


class Settings(Value):
    """Settable while running. `operation_seconds` is how long each operation takes; a limit of None is no limit.

    With an `organization`, projects are listed for its id only, as they are for some of Neon's keys.
    With a `seed`, ids and passwords are the same in every state folder; with a `clock`, so are times: it stands, and
    moves on by a second with each change. `anonymization_fails` makes anonymizations that begin from then on fail.
    """

    operation_seconds: float = Field(default=0.1, ge=0, le=3600)
    branches_limit: int | None = Field(default=None, ge=1)
    root_branches_limit: int | None = Field(default=None, ge=1)
    protected_branches_limit: int | None = Field(default=None, ge=0)
    organization: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,60}$")
    anonymization_fails: Literal["initialization", "run"] | None = None
    seed: int | None = None
    clock: AwareDatetime | None = None


class Transition(Value):
    """A state that holds until an operation finishes, and the state after it."""

    was: str
    becomes: str
    operation_id: str | None
    since: float


class Project(Record):
    kind = "project"
    name: str
    created_at: float
    updated_at: float
    store_passwords: bool = True
    # The operations of the latest change: while one is pending, the project takes no other change.
    chain: tuple[str, ...] = ()


class Role(Value):
    name: str
    password: str = Field(repr=False)
    created_at: float
    updated_at: float


class Database(Value):
    id: int
    name: str
    owner: str
    created_at: float


class RestrictedAction(Value):
    name: Literal["restore", "delete-rw-endpoint", "connect-to-endpoints"]
    reason: str


class MaskingRule(Value):
    """What a column is overwritten with: an SQL function call, or an SQL literal."""

    database_name: str
    schema_name: str
    table_name: str
    column_name: str
    masking_function: str | None = None
    masking_value: str | None = None


class Run(Value):
    """One anonymization, planned like an operation; `job_id` is that of its work until this is done.

    `columns` is how many it masks.
    """

    started_at: float
    finish_at: float
    columns: int
    job_id: str | None
    error: str | None = None


class Masking(Value):
    """What makes a branch an anonymized one; `broken` when the extension could not be set up."""

    rules: tuple[MaskingRule, ...]
    created_at: float
    updated_at: float
    broken: bool = False
    run: Run | None = None


class Branch(Record):
    """`cluster` is the number of the PostgreSQL cluster with the branch's data.

    A branch without an endpoint may share a frozen copy with its siblings (`shared`). `frozen_copy` is the latest
    such copy of this branch's own data, good for as long as the data's mark is still `frozen_mark`.
    """

    kind = "branch"
    project_id: str
    name: str
    parent_id: str | None
    parent_lsn: str | None = None
    parent_timestamp: float | None = None
    default: bool = False
    protected: bool = False
    created_at: float
    updated_at: float
    expires_at: float | None = None
    ttl_seconds: int | None = None
    last_reset_at: float | None = None
    roles: tuple[Role, ...]
    databases: tuple[Database, ...]
    annotation: dict[str, str] = {}
    logical_size: int | None = None
    init_source: Literal["parent-data", "schema-only"] = "parent-data"
    masking: Masking | None = None
    restricted_actions: tuple[RestrictedAction, ...] = ()
    state: Transition
    cluster: int
    shared: bool = False
    frozen_copy: int | None = None
    frozen_mark: str | None = None


class Endpoint(Record):
    kind = "endpoint"
    project_id: str
    branch_id: str
    name: str | None
    min_cu: float
    max_cu: float
    suspend_timeout: int
    disabled: bool
    created_at: float
    updated_at: float
    started_at: float | None = None
    suspended_at: float | None = None
    state: Transition


class Operation(Record):
    """Planned when it is made: it runs from `start_at` to `finish_at`, and longer only while its job is not done."""

    kind = "operation"
    project_id: str
    branch_id: str | None
    endpoint_id: str | None
    action: str
    created_at: float
    start_at: float
    finish_at: float
    job_id: str | None = None
    error: str | None = None


class Masks(Value):
    """`owners` are the databases' owners, as whom the rules are applied; `seed` makes what is made up the same."""

    rules: tuple[MaskingRule, ...]
    owners: dict[str, str]
    seed: float | None = None
    fails: bool = False


class Step(Value):
    """One thing to do to a cluster; doing it again does no harm."""

    do: Literal["copy", "start", "passwords", "empty", "mask", "drop database", "drop role", "stop", "remove"]
    cluster: int
    source: int | None = None
    frozen: bool = False
    name: str = ""
    passwords: dict[str, str] = Field(default={}, repr=False)
    masks: Masks | None = None


class Job(Record):
    """The work on PostgreSQL behind a chain of operations or, without one, behind a branch's anonymization or a
    project's end.

    Kept until it is done, so that it outlives the server's process. It begins when the job `after` is done.
    """

    kind = "job"
    branch_id: str | None
    operation_id: str | None
    after: str | None = None
    run_at: float
    steps: tuple[Step, ...]
