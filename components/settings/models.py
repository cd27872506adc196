"""The shape of the settings, one model for each key of the stack files. Unknown keys are refused.

A stack file's object replaces the project's object of that key: so what is layered (variables) has a key for each
layer. A secret inside an object makes the whole object secret: so variables and secrets are apart.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from components.settings.application import ApplicationSettings
from components.settings.channels import Channel
from components.settings.masking import MaskingSettings
from components.settings.shapes import Address, BranchName, Duration, GitBranch, Key, Section, TagValue, Text, Time
from components.settings.sources import FromParameter, Parameters, Secrets, Variables
from neon.kinds import Kind

_LONGEST_DOMAIN = 64
_OF_THE_ENDPOINT = frozenset(
    {"dbname", "host", "hostaddr", "passfile", "password", "port", "service", "sslsni", "user"}
)
_OF_THE_ROUTE = re.compile(r"\b(endpoint|project)\s*=", re.IGNORECASE)
_ENCRYPTED = ("require", "verify-ca", "verify-full")


class Stage(StrEnum):
    """Amplify's stages. PRODUCTION also protects the environment's resources against deletion."""

    PRODUCTION = "PRODUCTION"
    BETA = "BETA"
    DEVELOPMENT = "DEVELOPMENT"
    EXPERIMENTAL = "EXPERIMENTAL"


class EnvironmentSettings(Section):
    """``adopt`` takes over an Amplify branch that exists, and ``adopt_parameters`` parameters that do. With ``merge``
    an adopted branch keeps the variables that the settings do not name. ``domain`` associates the host name of ``url``
    with the branch."""

    git_branch: GitBranch
    stage: Stage
    owner: TagValue
    url: Address | None = None
    domain: bool = False
    adopt: bool = False
    adopt_variables: Literal["merge", "replace"] = "merge"
    adopt_parameters: list[Key] = Field(default=[])

    @model_validator(mode="after")
    def _adopts_what(self) -> Self:
        if not self.adopt and "adopt_variables" in self.model_fields_set:
            raise ValueError("adopt_variables is about the variables of an adopted branch: it goes with adopt: true")
        return self

    @model_validator(mode="after")
    def _has_a_name_of_its_own(self) -> Self:
        if not self.domain:
            return self
        if self.host is None or ":" in self.host or self.host.endswith(".amplifyapp.com"):
            raise ValueError("domain needs a url with a host name of your own, and no port")
        if len(self.host) > _LONGEST_DOMAIN:
            raise ValueError(f"domain: Amplify takes host names of at most {_LONGEST_DOMAIN} characters")
        return self

    @property
    def host(self) -> str | None:
        """The host name of ``url``."""
        return None if self.url is None else self.url.removeprefix("https://")

    @property
    def production(self) -> bool:
        return self.stage is Stage.PRODUCTION


class NewApp(Section):
    """``token`` lets Amplify into the ``repository``, once, when the app is made; all builds work with the IAM role
    ``service_role``, an ARN."""

    name: str = Field(min_length=1, max_length=255)
    platform: Literal["WEB", "WEB_COMPUTE"] = "WEB_COMPUTE"
    repository: str | None = None
    token: FromParameter | None = None
    service_role: str | None = Field(default=None, pattern=r"^arn:[^:]+:iam::\d{12}:role/.+$")

    @model_validator(mode="after")
    def _may_be_read(self) -> Self:
        hosted = self.repository is not None and self.repository.startswith("https://")
        if hosted and self.token is None and "codecommit" not in (self.repository or ""):
            raise ValueError("Amplify needs a token for the repository: name the SSM parameter in token: {ssm: ...}")
        return self


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
    """``kind`` is what the branch is made as, ``masking`` the rules of an anonymized one.

    ``password_after``: a password of ``role`` that was set before that time, or that the source has too, is replaced.
    ``fresh_after``: data copied from the source before that time is copied anew, over what the branch holds.
    ``keep`` keeps what a reset overwrites as a branch of its own. ``ttl``, in seconds, is how long the branch lives
    after its creation or its last reset.
    """

    project: str = Field(min_length=1)
    branch: BranchName
    source: BranchName | None = None
    kind: Kind = Kind.COPY
    masking: list[MaskingSettings] = Field(default=[])
    fresh_after: Time | None = None
    password_after: Time | None = None
    keep: bool = False
    ttl: Duration | None = Field(default=None, le=30 * 86400)
    recreate: bool = False
    adopt: bool = False
    protected: bool | None = None
    compute: ComputeSettings = ComputeSettings()
    database: str = Field(default="neondb", min_length=1)
    role: str = Field(default="neondb_owner", min_length=1)
    migrations: Literal["deploy", "push"] = "deploy"
    connection: dict[str, Text] = Field(default={})

    @field_validator("connection")
    @classmethod
    def _stays_with_the_endpoint(cls, value: dict[str, str]) -> dict[str, str]:
        leading = {"options"} if _OF_THE_ROUTE.search(value.get("options", "")) else set()
        taken = sorted((value.keys() & _OF_THE_ENDPOINT) | leading)
        if taken:
            raise ValueError(f"{', '.join(taken)} would lead to another database than the branch's: take it out")
        if value.get("sslmode", "require") not in _ENCRYPTED:
            raise ValueError(f"sslmode must be one of {', '.join(_ENCRYPTED)}: Neon takes encrypted connections alone")
        return value

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
    """``timeout`` in seconds; a new value of ``force`` builds once more; ``wait: false`` leaves the build to itself;
    ``running`` says what becomes of a build that runs when the branch is to be changed.

    ``check_address``: after a build the environment's address must answer; off, for it may have no DNS record yet.
    """

    wait: bool = True
    check_address: bool = False
    running: Literal["wait", "cancel"] = "wait"
    timeout: int = Field(default=1800, ge=1, le=7200)
    force: Text | None = None


Keys = list[Key]


class Settings(Section):
    """All of it, valid."""

    environment: EnvironmentSettings
    app: AppSettings
    application: ApplicationSettings
    backend: BackendSettings
    database: DatabaseSettings | None
    build: BuildSettings
    common_variables: Variables
    variables: Variables
    parameters: Parameters
    secrets: Secrets
    required: Keys
    build_secrets: Keys
    branch_secrets: Keys

    def copied(self, channel: Channel) -> list[str]:
        """Keys of the parameters that are copied to where ``channel`` is read."""
        found: list[str] = getattr(self, channel)
        return found
