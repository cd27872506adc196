"""What the emulator remembers: apps, their branches, their jobs, and what was asked of the next job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from localcloud.aws import ACCOUNT
from localcloud.aws.errors import not_found

DEFAULT_JOB_SECONDS = 0.4


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StepRun(_Record):
    """A step of a job that is run for real."""

    name: str
    status: str = "PENDING"
    started: float
    ended: float
    reason: str = ""


class Run(_Record):
    """How a job goes that is run for real. `commit` is the one that was checked out."""

    status: str
    steps: list[StepRun]
    ended: float | None = None
    commit: str = ""
    deployed: bool = False


class Job(_Record):
    """A job as it was started.

    One that is run for real has a `run`. That of any other is not kept: it follows from these fields and the time.
    """

    job_id: int
    job_type: str
    reason: str = ""
    commit_id: str
    commit_message: str
    commit_time: float
    started: float
    seconds: float
    fails_at: str | None = None
    stopped: float | None = None
    run: Run | None = None


class Branch(_Record):
    """A branch; `fields` holds the members that CreateBranch and UpdateBranch set, by their names in the API."""

    name: str
    fields: dict[str, object]
    tags: dict[str, str]
    created: float
    updated: float
    jobs: list[Job] = Field(default_factory=list)


class Domain(_Record):
    """A domain association; its status follows from these fields and the time.

    `fields` as in a branch. `verified` is when the certificate's record was, or will be, found at the registrar.
    """

    name: str
    fields: dict[str, Any]
    created: float
    seconds: float
    verified: float | None
    updated: float = 0.0

    @property
    def certificate(self) -> dict[str, str]:
        return dict(self.fields["certificateSettings"])

    @property
    def subdomains(self) -> list[dict[str, str]]:
        return list(self.fields["subDomainSettings"])


class Webhook(_Record):
    """An address that starts a build of a branch when its token is posted to it."""

    webhook_id: str
    token: str = Field(repr=False)
    branch: str
    description: str
    created: float
    updated: float


class App(_Record):
    """An app; `fields` as in a branch. Tokens are never kept."""

    app_id: str
    region: str
    fields: dict[str, object]
    tags: dict[str, str]
    created: float
    updated: float
    branches: dict[str, Branch] = Field(default_factory=dict)
    domains: dict[str, Domain] = Field(default_factory=dict)
    webhooks: dict[str, Webhook] = Field(default_factory=dict)

    @property
    def repository(self) -> str:
        return str(self.fields["repository"])

    @property
    def is_local(self) -> bool:
        """Whether the repository is a folder of this machine, by a path or a file:// URL: then jobs are real."""
        return is_local(self.repository)


class State(_Record):
    """All of it.

    `job_seconds` is how long a job takes that is not run for real. `fail_next_job` goes by `<app id>/<branch>` and
    names the step at which the next job there fails. `minute_seconds` is how long a minute of `_BUILD_TIMEOUT` lasts.
    With `build_head` every job builds its branch's head, whatever commit it says. `domain_seconds` is how long a domain
    takes to be available once its certificate is verified, which `verify_domains` lets happen by itself.
    """

    apps: dict[str, App] = Field(default_factory=dict)
    job_seconds: float = DEFAULT_JOB_SECONDS
    fail_next_job: dict[str, str] = Field(default_factory=dict)
    minute_seconds: float = 60.0
    most_jobs: int = 5
    build_head: bool = False
    domain_seconds: float = DEFAULT_JOB_SECONDS
    verify_domains: bool = True

    def app(self, region: str, app_id: str) -> App:
        """The app of that id in that region.

        Raises:
            AwsError: NotFoundException where there is none.
        """
        app = self.apps.get(app_id)
        if app is None or app.region != region:
            raise not_found(f"App {app_id} not found.")
        return app

    def branch(self, region: str, app_id: str, name: str) -> tuple[App, Branch]:
        """The app and its branch; NotFoundException where either is missing."""
        app = self.app(region, app_id)
        if name not in app.branches:
            raise not_found(f"Branch {name} not found.")
        return app, app.branches[name]

    def in_region(self, region: str) -> Iterator[App]:
        return (app for app in self.apps.values() if app.region == region)


def is_local(repository: str) -> bool:
    return repository.startswith(("/", "file://"))


def app_arn(app: App) -> str:
    return f"arn:aws:amplify:{app.region}:{ACCOUNT}:apps/{app.app_id}"


def branch_arn(app: App, branch: Branch) -> str:
    return f"{app_arn(app)}/branches/{branch.name}"
