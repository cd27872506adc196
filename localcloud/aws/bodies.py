"""What the control API takes: models of its bodies. A field that is not here is refused by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from localcloud.aws.errors import AwsError

Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _region() -> str:
    return os.environ.get("AWS_REGION", "us-west-1")


class Settings(_Strict):
    """What PUT settings takes; what is not named stays as it is. Times are in seconds.

    `fail_next_job` goes by `<app id>/<branch>` and names a step; None takes the order back. `throttle` says how many of
    the next calls of an action such as `amplify:StartJob` are refused. The rest is described at `amplify.state.State`.
    """

    job_seconds: float | None = Field(default=None, ge=0.01, le=3600)
    stack_seconds: float | None = Field(default=None, ge=0, le=3600)
    domain_seconds: float | None = Field(default=None, ge=0, le=3600)
    minute_seconds: float | None = Field(default=None, gt=0, le=60)
    most_jobs: int | None = Field(default=None, ge=0)
    build_head: bool | None = None
    verify_domains: bool | None = None
    fail_next_job: Mapping[str, str | None] = Field(default_factory=dict)
    throttle: Mapping[str, int] = Field(default_factory=dict)


class StackStatus(_Strict):
    """What PUT stack-status takes: the status that a stack is to have from now on, as after a failed deployment."""

    region: str = Field(default_factory=_region)
    stack: str
    status: str
    reason: str = ""


class Place(_Strict):
    """Which branch, or which domain, of an app."""

    app: str
    name: str


class SeedBranch(_Strict):
    """A branch of an app. `backend`: an earlier build has deployed one for it, as the app's local repository defines
    it; where that defines none there is none."""

    name: str
    stage: str = ""
    backend: bool = False
    environmentVariables: Mapping[str, str] = Field(default_factory=dict)  # noqa: N815 - the name in Amplify's API


class SeedApp(_Strict):
    """An app to have; it is connected to a repository, so that jobs can be started. `branches` come with it."""

    name: str
    platform: str = "WEB_COMPUTE"
    repository: str = ""
    environmentVariables: Mapping[str, str] = Field(default_factory=dict)  # noqa: N815 - the name in Amplify's API
    branches: tuple[SeedBranch, ...] = ()


class SeedParameter(_Strict):
    """A parameter to have."""

    name: str
    value: str
    type: str = "SecureString"


class Seed(_Strict):
    """What PUT seed takes: what is missing is made, what exists is left as it is, whatever it holds."""

    region: str = Field(default_factory=_region)
    apps: tuple[SeedApp, ...] = ()
    parameters: tuple[SeedParameter, ...] = ()


def parse(model: type[Model], body: bytes) -> Model:
    """The body as that model.

    Raises:
        AwsError: naming each place that does not fit; values are not repeated.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        raise bad_control(places) from None


def bad_control(message: str) -> AwsError:
    return AwsError(400, "BadControl", message)
