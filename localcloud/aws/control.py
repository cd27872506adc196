"""The control API under /_localcloud/: health, journal, settings, seeds, statuses of stacks, logs of jobs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from localcloud.aws import ACCOUNT, shapes
from localcloud.aws.amplify import apps, jobs
from localcloud.aws.amplify.context import Context, check_variables
from localcloud.aws.amplify.state import App
from localcloud.aws.bodies import Seed, SeedApp, Settings, StackStatus, bad_control, parse
from localcloud.aws.builds.order import STEPS
from localcloud.aws.errors import AwsError
from localcloud.aws.journal import Journal
from localcloud.aws.services import Services

PREFIX = "/_localcloud/"


class Control:
    """Answers the control API. It takes no credentials: whoever reaches the loopback address may use it."""

    def __init__(self, services: Services, journal: Journal) -> None:
        self._services = services
        self._amplify = services.amplify
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
            ("PUT", "stack-status"): self._stack_status,
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
            raise bad_control("journal: 'after' is a number")
        return {"entries": [asdict(entry) for entry in self._journal.after(int(after))]}

    def _settings(self, _: Request) -> dict[str, object]:
        shown: dict[str, object] = self._amplify.change("", _show_settings)
        return {**shown, "stack_seconds": self._services.resources.stack_seconds}

    def _change_settings(self, request: Request) -> dict[str, object]:
        settings = parse(Settings, request.get_data())
        unknown = {step for step in settings.fail_next_job.values() if step is not None} - set(STEPS)
        if unknown:
            raise bad_control(f"settings: a job fails at one of {STEPS}, not at {sorted(unknown)}")
        if settings.stack_seconds is not None:
            self._services.resources.stack_seconds = settings.stack_seconds
        self._amplify.change("", lambda context: _apply_settings(context, settings))
        return self._settings(request)

    def _stack_status(self, request: Request) -> dict[str, object]:
        wish = parse(StackStatus, request.get_data())
        known = shapes.load("cloudformation").shape_for("StackStatus").metadata["enum"]
        if wish.status not in known:
            raise bad_control(f"stack-status: status is one of {', '.join(known)}")
        self._services.resources.set_stack(region=wish.region, name=wish.stack, status=wish.status, reason=wish.reason)
        return {"stack": wish.stack, "status": wish.status}

    def _seed(self, request: Request) -> dict[str, object]:
        seed = parse(Seed, request.get_data())
        found = [self._amplify.change(seed.region, partial(_seed_app, app)) for app in seed.apps]
        for one in seed.parameters:
            self._services.parameters.seed(region=seed.region, name=one.name, value=one.value, kind=one.type)
        return {
            "apps": [{"name": app.fields["name"], "appId": app.app_id} for app in found],
            "parameters": [one.name for one in seed.parameters],
        }

    def _log(self, parts: list[str]) -> str:
        if len(parts) != 4:
            raise AwsError(404, "UnknownControl", "logs: <app id>/<branch>/<job id>/<step>")
        app_id, branch, job_id, step = (unquote(part) for part in parts)
        return str(self._amplify.change("", lambda context: jobs.log(context, app_id, branch, job_id, step)))


def _show_settings(context: Context) -> dict[str, object]:
    state = context.state
    return {"job_seconds": state.job_seconds, "fail_next_job": dict(state.fail_next_job)}


def _apply_settings(context: Context, settings: Settings) -> None:
    state = context.state
    state.job_seconds = settings.job_seconds or state.job_seconds
    wishes = {**state.fail_next_job, **settings.fail_next_job}
    state.fail_next_job = {branch: step for branch, step in wishes.items() if step is not None}


def _seed_app(seed: SeedApp, context: Context) -> App:
    for app in context.state.in_region(context.region):
        if app.fields["name"] == seed.name:
            return app
    asked: dict[str, Any] = seed.model_dump()
    asked["repository"] = seed.repository or f"https://github.com/example/{seed.name}"
    check_variables(asked)
    return apps.make(context, asked)
