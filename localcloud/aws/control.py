"""The control API under /_localcloud/: health, journal, settings, seeds, and the texts behind jobs' log addresses."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Request, Response

from localcloud.aws import ACCOUNT
from localcloud.aws.amplify import apps, jobs
from localcloud.aws.amplify.context import Context, check_variables
from localcloud.aws.amplify.service import Amplify
from localcloud.aws.amplify.state import App
from localcloud.aws.amplify.timeline import STEPS
from localcloud.aws.errors import AwsError
from localcloud.aws.journal import Journal
from localcloud.aws.moto_services import ParameterStore

PREFIX = "/_localcloud/"
Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(_Strict):
    """What PUT settings takes. A step of None takes back an order to fail; branches not named stay as they are."""

    job_seconds: float | None = Field(default=None, ge=0.01, le=3600)
    fail_next_job: Mapping[str, str | None] = Field(default_factory=dict)


class SeedApp(_Strict):
    """An app to have; it is connected to a repository, so that jobs can be started."""

    name: str
    platform: str = "WEB_COMPUTE"
    repository: str = ""
    environmentVariables: Mapping[str, str] = Field(default_factory=dict)  # noqa: N815 - the name in Amplify's API


class SeedParameter(_Strict):
    """A parameter to have."""

    name: str
    value: str
    type: str = "SecureString"


class Seed(_Strict):
    """What PUT seed takes: what is missing is made, what exists is left as it is, whatever it holds."""

    region: str = Field(default_factory=lambda: os.environ.get("AWS_REGION", "us-west-1"))
    apps: tuple[SeedApp, ...] = ()
    parameters: tuple[SeedParameter, ...] = ()


class Control:
    """Answers the control API. It takes no credentials: whoever reaches the loopback address may use it."""

    def __init__(self, *, amplify: Amplify, parameters: ParameterStore, journal: Journal) -> None:
        self._amplify = amplify
        self._parameters = parameters
        self._journal = journal

    def answer(self, request: Request, raw_path: str) -> Response:
        """Do what a control request asks; AwsError is the refusal to send instead."""
        name = raw_path.removeprefix(PREFIX)
        if request.method == "GET" and name.startswith("logs/"):
            return Response(self._log(name.split("/")[1:]), content_type="text/plain")
        actions = {
            ("GET", "health"): self._health,
            ("GET", "journal"): self._read_journal,
            ("GET", "settings"): self._settings,
            ("PUT", "settings"): self._change_settings,
            ("PUT", "seed"): self._seed,
        }
        action = actions.get((request.method, name))
        if action is None:
            raise AwsError(404, "UnknownControl", f"there is no {request.method} {raw_path} in the control API")
        return Response(json.dumps(action(request)), content_type="application/json")

    def _health(self, _: Request) -> dict[str, object]:
        return {"ok": True, "account": ACCOUNT, "pid": os.getpid()}

    def _read_journal(self, request: Request) -> dict[str, object]:
        after = request.args.get("after", "0")
        if not after.isdigit():
            raise AwsError(400, "BadControl", "journal: 'after' is a number")
        return {"entries": [asdict(entry) for entry in self._journal.after(int(after))]}

    def _settings(self, _: Request) -> Any:
        return self._amplify.change("", _show_settings)

    def _change_settings(self, request: Request) -> Any:
        settings = _parse(Settings, request)
        unknown = {step for step in settings.fail_next_job.values() if step is not None} - set(STEPS)
        if unknown:
            raise AwsError(400, "BadControl", f"settings: a job fails at one of {STEPS}, not at {sorted(unknown)}")
        return self._amplify.change("", lambda context: _apply_settings(context, settings))

    def _seed(self, request: Request) -> dict[str, object]:
        seed = _parse(Seed, request)
        found = [self._amplify.change(seed.region, partial(_seed_app, app)) for app in seed.apps]
        for one in seed.parameters:
            self._parameters.seed(region=seed.region, name=one.name, value=one.value, kind=one.type)
        return {
            "apps": [{"name": app.fields["name"], "appId": app.app_id} for app in found],
            "parameters": [one.name for one in seed.parameters],
        }

    def _log(self, parts: list[str]) -> str:
        if len(parts) != 4:
            raise AwsError(404, "UnknownControl", "logs: <app id>/<branch>/<job id>/<step>")
        app_id, branch, job_id, step = (unquote(part) for part in parts)
        return str(self._amplify.change("", lambda context: jobs.log(context, app_id, branch, job_id, step)))


def _parse(model: type[Model], request: Request) -> Model:
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        raise AwsError(400, "BadControl", places) from None


def _show_settings(context: Context) -> dict[str, object]:
    state = context.state
    return {"job_seconds": state.job_seconds, "fail_next_job": dict(state.fail_next_job)}


def _apply_settings(context: Context, settings: Settings) -> dict[str, object]:
    state = context.state
    state.job_seconds = settings.job_seconds or state.job_seconds
    wishes = {**state.fail_next_job, **settings.fail_next_job}
    state.fail_next_job = {branch: step for branch, step in wishes.items() if step is not None}
    return _show_settings(context)


def _seed_app(seed: SeedApp, context: Context) -> App:
    for app in context.state.in_region(context.region):
        if app.fields["name"] == seed.name:
            return app
    asked: dict[str, Any] = seed.model_dump()
    asked["repository"] = seed.repository or f"https://github.com/example/{seed.name}"
    check_variables(asked)
    return apps.make(context, asked)
