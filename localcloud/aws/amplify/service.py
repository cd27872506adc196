"""The emulator as a whole: a checked request in, a checked answer out, the state saved in between."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from botocore.model import OperationModel
from werkzeug.wrappers import Response

from localcloud.aws import actions, rest, shapes
from localcloud.aws.amplify import apps, branches, domains, jobs, runs, starting, tags, webhooks
from localcloud.aws.amplify.context import Context, Secrets
from localcloud.aws.amplify.state import State
from localcloud.aws.builds.order import Event
from localcloud.aws.builds.runner import JobKey, Runner
from localcloud.aws.errors import AwsError, bad_request, not_implemented
from localcloud.aws.snapshot import Snapshot

Handler = Callable[[Context, Mapping[str, Any]], dict[str, object]]

HANDLERS: Final[Mapping[str, Handler]] = {
    "CreateApp": apps.create,
    "GetApp": apps.get,
    "ListApps": apps.list_all,
    "UpdateApp": apps.update,
    "DeleteApp": apps.delete,
    "CreateBranch": branches.create,
    "GetBranch": branches.get,
    "ListBranches": branches.list_all,
    "UpdateBranch": branches.update,
    "DeleteBranch": branches.delete,
    "StartJob": starting.start,
    "GetJob": jobs.get,
    "ListJobs": jobs.list_all,
    "StopJob": jobs.stop,
    "DeleteJob": jobs.delete,
    "CreateDomainAssociation": domains.create,
    "GetDomainAssociation": domains.get,
    "ListDomainAssociations": domains.list_all,
    "UpdateDomainAssociation": domains.update,
    "DeleteDomainAssociation": domains.delete,
    "CreateWebhook": webhooks.create,
    "GetWebhook": webhooks.get,
    "ListWebhooks": webhooks.list_all,
    "UpdateWebhook": webhooks.update,
    "DeleteWebhook": webhooks.delete,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.listed,
}

_LOST = "the stand-in for AWS, or the job's worker, ended while the job ran"

# The service itself answers "NONE" for a stage that was never set.
_TOLERATED = "stage' failed to satisfy constraint: Member must satisfy enum value set"


class Amplify:
    """Answers one request at a time; what an answer acknowledges is on disk before the answer is given."""

    def __init__(self, snapshot: Snapshot, builds: Path, secrets: Secrets) -> None:
        document = snapshot.load()
        self._snapshot = snapshot
        self._state = State.model_validate_json(document) if document else State()
        self._model = shapes.load("amplify")
        self._lock = threading.Lock()
        self._runner = Runner(builds, self._report)
        self._secrets = secrets
        self._end_lost_jobs()

    def operation(self, method: str, raw_uri: str) -> str:
        """The name of the operation that a request is for, for the journal; empty where there is none."""
        try:
            return rest.route(self._model, method, raw_uri.partition("?")[0])[0].name
        except AwsError:
            return ""

    def answer(self, *, method: str, raw_uri: str, body: bytes, region: str, address: str) -> Response:
        """Do what a request asks.

        Raises:
            AwsError: the refusal to send instead.
        """
        call = rest.parse(self._model, method, raw_uri, body)
        handler = HANDLERS.get(call.operation.name)
        if handler is None:
            raise not_implemented(f"amplify:{call.operation.name}")
        _check_request(call.operation, call.parameters)
        with self._lock:
            members = handler(self._context(region, address), call.parameters)
            if actions.is_mutating(call.operation.name):
                self._save()
            document = json.dumps(members)
        _check_answer(call.operation, members)
        return Response(document, content_type="application/json")

    def read(self, look: Callable[[Context], Any]) -> Any:
        """Look at the state from outside the API: settings, logs, sites."""
        with self._lock:
            return look(self._context("", ""))

    def change(self, region: str, change: Callable[[Context], Any], address: str = "") -> Any:
        """Change the state from outside the API: settings, seeds, webhooks."""
        with self._lock:
            outcome = change(self._context(region, address))
            self._save()
            return outcome

    def close(self) -> None:
        """End the jobs that run, as failed."""
        self._runner.close()

    def _context(self, region: str, address: str) -> Context:
        return Context(
            state=self._state,
            region=region,
            now=time.time(),
            address=address,
            runner=self._runner,
            secrets=self._secrets,
        )

    def _report(self, key: JobKey, event: Event | None) -> None:
        """Take in what a worker says; that of a job which was deleted in the meantime is passed over."""
        with self._lock:
            app = self._state.apps.get(key.app_id)
            branch = app.branches.get(key.branch) if app else None
            found = [job.run for job in branch.jobs if job.job_id == key.job_id] if branch else []
            for run in found:
                if run is not None and event is not None:
                    runs.happened(run, event, time.time())
                elif run is not None:
                    runs.lost(run, _LOST, time.time())
            self._save()

    def _end_lost_jobs(self) -> None:
        """No job outlives the stand-in, however that ended."""
        for app in self._state.apps.values():
            for branch in app.branches.values():
                for job in branch.jobs:
                    if job.run is not None:
                        runs.lost(job.run, _LOST, time.time())

    def _save(self) -> None:
        self._snapshot.save(self._state.model_dump_json())


def _check_request(operation: OperationModel, parameters: Mapping[str, object]) -> None:
    shape = operation.input_shape
    found = shapes.problems(shape, dict(parameters)) if shape else []
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise bad_request(f"{count}: {'; '.join(found)}")


def _check_answer(operation: OperationModel, members: dict[str, object]) -> None:
    """Our own mistakes must not reach a client as if AWS had made them."""
    if operation.output_shape is None:
        return
    found = [one for one in shapes.problems(operation.output_shape, members) if _TOLERATED not in one]
    if found:
        raise AwsError(501, "NotImplemented", f"the stand-in's own answer is wrong: {'; '.join(found)}")
