"""The shape of the settings, one model for each key of the stack files. Unknown keys are refused.

A stack file's object replaces the project's object of that key: so what is layered (variables) has a key for each
layer. A secret inside an object makes the whole object secret: so variables and secrets are apart.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

GitBranch = Annotated[str, Field(pattern=r"^[0-9A-Za-z/_.-]{1,255}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=255)]
ParameterName = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_.\-/]*[A-Za-z0-9_.\-]$", max_length=1011)]
# What AWS takes as a tag's value, in every service.
TagValue = Annotated[str, Field(pattern=r"^[\w\s.:/=+\-@]+$", max_length=256)]
BranchName = Annotated[str, Field(min_length=1, max_length=256)]


def _text(value: Any) -> Any:
    """YAML's plain numbers and booleans as the text that an environment variable holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _address(value: str) -> str:
    if not value.startswith("https://") or value.endswith("/") or len(value.split("/")) != 3:
        raise ValueError("must be https://, a host name, and nothing after it")
    return value


def _time(value: str) -> str:
    """RFC 3339 in whole seconds, as Neon's times are: a fraction would make data of that very second look too old.

    An unquoted time of a YAML file arrives as Pulumi prints it, with a space and the zone in words.
    """
    text = re.sub(r"^(\S+) (\S+) ([+-]\d{4}) \S+$", r"\1T\2\3", value)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("must name its time zone: end it with Z")
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _duration(value: Any) -> Any:
    """Hours or days, such as 36h or 7d, as seconds."""
    found = re.fullmatch(r"([1-9]\d{0,3})([hd])", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be hours or days, such as 36h or 7d")
    return int(found[1]) * (3600 if found[2] == "h" else 86400)


Duration = Annotated[int, BeforeValidator(_duration)]
Time = Annotated[str, AfterValidator(_time)]
Text = Annotated[str, BeforeValidator(_text)]
Address = Annotated[str, AfterValidator(_address)]


class Stage(StrEnum):
    """Amplify's stages. PRODUCTION also protects the environment's resources against deletion."""

    PRODUCTION = "PRODUCTION"
    BETA = "BETA"
    DEVELOPMENT = "DEVELOPMENT"
    EXPERIMENTAL = "EXPERIMENTAL"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnvironmentSettings(Section):
    git_branch: GitBranch
    stage: Stage
    owner: TagValue
    url: Address | None = None
    adopt: bool = False

    @property
    def production(self) -> bool:
        return self.stage is Stage.PRODUCTION


class NewApp(Section):
    name: str = Field(min_length=1, max_length=255)
    platform: Literal["WEB", "WEB_COMPUTE"] = "WEB_COMPUTE"
    repository: str | None = None


class AppSettings(Section):
    """Exactly one of them: the app's name, its id, or ``create`` in the one stack that owns it."""

    name: str | None = None
    id: str | None = None
    create: NewApp | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.name, self.id, self.create)) != 1:
            raise ValueError("needs exactly one of name, id and create")
        return self


class BackendSettings(Section):
    mode: Literal["none", "own", "shared"] = "none"
    source: GitBranch | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _source_when_shared(self) -> Self:
        if (self.mode == "shared") != (self.source is not None):
            raise ValueError("from names the git branch whose backend is shared: with mode shared, and only then")
        return self


class ComputeSettings(Section):
    """Compute units and seconds; what is left out stays as Neon sets it."""

    min: float | None = Field(default=None, ge=0.25, le=56)
    max: float | None = Field(default=None, ge=0.25, le=56)
    suspend: int | None = Field(default=None, ge=-1, le=604800)

    @model_validator(mode="after")
    def _both_limits(self) -> Self:
        if (self.min is None) != (self.max is None):
            raise ValueError("min and max go together")
        if self.min is not None and self.max is not None and not 0 <= self.max - self.min <= 8:
            raise ValueError("max must not be below min, nor more than 8 above it")
        return self


class DatabaseSettings(Section):
    """``fresh_after``: data copied from the source before that time is copied anew, over what the branch holds.

    ``keep`` keeps what a reset overwrites as a branch of its own. ``ttl``, in seconds, is how long the branch lives
    after its creation or its last reset.
    """

    project: str = Field(min_length=1)
    branch: BranchName
    source: BranchName | None = None
    fresh_after: Time | None = None
    keep: bool = False
    ttl: Duration | None = Field(default=None, le=30 * 86400)
    recreate: bool = False
    adopt: bool = False
    protected: bool | None = None
    compute: ComputeSettings = ComputeSettings()
    database: str = Field(default="neondb", min_length=1)
    role: str = Field(default="neondb_owner", min_length=1)
    migrations: Literal["deploy", "push"] = "deploy"
    connection: dict[str, Text] = {}

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.adopt and self.source is None:
            raise ValueError("source is missing: the branch to copy from (or adopt: true for a branch that exists)")
        if self.source == self.branch:
            raise ValueError("source and branch are the same")
        if self.ttl is not None and (self.adopt or self.protected):
            raise ValueError("ttl is for branches that may go: not for an adopted or a protected one")
        if self.fresh_after is not None and self.source is None:
            raise ValueError("fresh_after needs a source to copy from")
        return self


class BuildSettings(Section):
    """``timeout`` in seconds; a new value of ``force`` builds once more; ``wait: false`` leaves the build to itself.

    ``check_address``: after a build the environment's address must answer; off, for it may have no DNS record yet.
    """

    wait: bool = True
    check_address: bool = False
    timeout: int = Field(default=1800, ge=1, le=7200)
    force: Text | None = None


class FromParameter(Section):
    """A value that somebody keeps in SSM; read at every preview and up."""

    ssm: ParameterName


class FromStack(Section):
    """An output of another stack, named ``project/stack`` (or ``organization/project/stack``)."""

    stack: str = Field(pattern=r"^[^/]+/[^/]+(/[^/]+)?$")
    output: str = Field(min_length=1)


Variables = dict[Key, Text | None]
Parameters = dict[Key, FromParameter | FromStack]
Secrets = dict[Key, SecretStr]
Required = list[Key]


class Settings(Section):
    """All of it, valid."""

    environment: EnvironmentSettings
    app: AppSettings
    backend: BackendSettings
    database: DatabaseSettings | None
    build: BuildSettings
    common_variables: Variables
    variables: Variables
    parameters: Parameters
    secrets: Secrets
    required: Required
