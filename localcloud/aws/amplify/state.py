"""What the emulator remembers: apps, their branches, their jobs, and what was asked of the next job."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from localcloud.aws import ACCOUNT
from localcloud.aws.errors import not_found

DEFAULT_JOB_SECONDS = 0.4


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Job(_Record):
    """A job as it was started. Its status is not kept: it follows from these fields and the time of asking."""

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


class Branch(_Record):
    """A branch; `fields` holds the members that CreateBranch and UpdateBranch set, by their names in the API."""

    name: str
    fields: dict[str, object]
    tags: dict[str, str]
    created: float
    updated: float
    jobs: list[Job] = Field(default_factory=list)


class App(_Record):
    """An app; `fields` as in a branch. Tokens are never kept."""

    app_id: str
    region: str
    fields: dict[str, object]
    tags: dict[str, str]
    created: float
    updated: float
    branches: dict[str, Branch] = Field(default_factory=dict)


class State(_Record):
    """All of it. `fail_next_job` goes by `<app id>/<branch>` and names the step at which the next job there fails."""

    apps: dict[str, App] = Field(default_factory=dict)
    job_seconds: float = DEFAULT_JOB_SECONDS
    fail_next_job: dict[str, str] = Field(default_factory=dict)

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


def app_arn(app: App) -> str:
    return f"arn:aws:amplify:{app.region}:{ACCOUNT}:apps/{app.app_id}"


def branch_arn(app: App, branch: Branch) -> str:
    return f"{app_arn(app)}/branches/{branch.name}"
