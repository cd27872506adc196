"""The control API under /_localcloud/: what a test or a person needs to know and to bring about.

    GET health, journal?after=N, settings, logs/<app id>/<branch>/<job id>/<step>, sites/<app id>/<branch>/<path>
    PUT settings, seed, stack-status, push, verify-domain

Branches in paths are percent-encoded. The bodies are in `bodies`.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from localcloud.aws import ACCOUNT, pages, seeding, shapes
from localcloud.aws.amplify import domains, jobs, pushing, sites
from localcloud.aws.amplify.context import Context
from localcloud.aws.bodies import Place, Seed, Settings, StackStatus, bad_control, parse
from localcloud.aws.builds.order import STEPS
from localcloud.aws.errors import AwsError
from localcloud.aws.journal import Journal
from localcloud.aws.services import Services

PREFIX: Final = "/_localcloud/"
_OF_AMPLIFY: Final = ("job_seconds", "minute_seconds", "most_jobs", "build_head", "domain_seconds", "verify_domains")


class Control:
    """Answers the control API. It takes no credentials: whoever reaches the loopback address may use it."""

    def __init__(self, services: Services, journal: Journal) -> None:
        self._services = services
        self._amplify = services.amplify
        self._journal = journal

    def answer(self, request: Request, raw_path: str) -> Response:
        """Do what a control request asks; AwsError is the refusal to send instead."""
        name = raw_path.removeprefix(PREFIX)
        kind, _, rest = name.partition("/")
        if request.method == "GET" and kind in ("logs", "sites") and rest:
            return self._log(rest) if kind == "logs" else pages.by_name(self._amplify, rest)
        actions = {
            ("GET", "health"): self._health,
            ("GET", "journal"): self._read_journal,
            ("GET", "settings"): self._settings,
            ("PUT", "settings"): self._change_settings,
            ("PUT", "stack-status"): self._stack_status,
            ("PUT", "seed"): self._seed,
            ("PUT", "push"): self._push,
            ("PUT", "verify-domain"): self._verify_domain,
        }
        action = actions.get((request.method, name))
        if action is None:
            raise AwsError(404, "UnknownControl", f"there is no {request.method} {raw_path} in the control API")
        return Response(json.dumps(action(request)), content_type="application/json")

    def _health(self, _: Request) -> dict[str, object]:
        return {"ok": True, "account": ACCOUNT, "pid": os.getpid(), "journal": len(self._journal)}

    def _read_journal(self, request: Request) -> dict[str, object]:
        after = request.args.get("after", "0")
        if not after.isdigit():
            raise bad_control("journal: 'after' is a number")
        return {"entries": [asdict(entry) for entry in self._journal.after(int(after))]}

    def _settings(self, _: Request) -> dict[str, object]:
        shown: dict[str, object] = self._amplify.read(_show_settings)
        elsewhere = {"stack_seconds": self._services.resources.stack_seconds}
        return {**shown, **elsewhere, "throttle": self._services.throttling.left()}

    def _change_settings(self, request: Request) -> dict[str, object]:
        settings = parse(Settings, request.get_data())
        unknown = {step for step in settings.fail_next_job.values() if step is not None} - set(STEPS)
        if unknown:
            raise bad_control(f"settings: a job fails at one of {STEPS}, not at {sorted(unknown)}")
        if settings.stack_seconds is not None:
            self._services.resources.stack_seconds = settings.stack_seconds
        self._services.throttling.order(settings.throttle)
        self._amplify.change("", partial(_apply_settings, settings))
        return self._settings(request)

    def _stack_status(self, request: Request) -> dict[str, object]:
        wish = parse(StackStatus, request.get_data())
        known = shapes.load("cloudformation").shape_for("StackStatus").metadata["enum"]
        if wish.status not in known:
            raise bad_control(f"stack-status: status is one of {', '.join(known)}")
        self._services.resources.set_stack(region=wish.region, name=wish.stack, status=wish.status, reason=wish.reason)
        return {"stack": wish.stack, "status": wish.status}

    def _seed(self, request: Request) -> dict[str, object]:
        return seeding.plant(self._services, parse(Seed, request.get_data()))

    def _push(self, request: Request) -> Any:
        place = parse(Place, request.get_data())

        def act(context: Context) -> dict[str, object]:
            return pushing.push(context, *sites.by_name(context, place.app, place.name))

        return self._amplify.change("", act, request.host_url.rstrip("/"))

    def _verify_domain(self, request: Request) -> Any:
        place = parse(Place, request.get_data())

        def act(context: Context) -> dict[str, object]:
            app = context.state.apps.get(place.app)
            if app is None:
                raise bad_control(f"verify-domain: there is no app {place.app}")
            domains.verify(domains.find(app, place.name), context.now)
            return {"domain": place.name}

        return self._amplify.change("", act)

    def _log(self, rest: str) -> Response:
        parts = [unquote(part) for part in rest.split("/")]
        if len(parts) != 4:
            raise AwsError(404, "UnknownControl", "logs: <app id>/<branch>/<job id>/<step>")
        app_id, branch, job_id, step = parts
        text = self._amplify.read(lambda context: jobs.log(context, app_id, branch, job_id, step))
        return Response(str(text), content_type="text/plain")


def _show_settings(context: Context) -> dict[str, object]:
    state = context.state
    return {**{name: getattr(state, name) for name in _OF_AMPLIFY}, "fail_next_job": dict(state.fail_next_job)}


def _apply_settings(settings: Settings, context: Context) -> None:
    state = context.state
    for name in _OF_AMPLIFY:
        value = getattr(settings, name)
        if value is not None:
            setattr(state, name, value)
    wishes = {**state.fail_next_job, **settings.fail_next_job}
    state.fail_next_job = {branch: step for branch, step in wishes.items() if step is not None}
