"""What every route works with, and how a change of a project is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from localcloud.neon import errors, status
from localcloud.neon.clock import Clock
from localcloud.neon.names import Names
from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.records import Branch, Endpoint, Job, Operation, Project, Record, Step
from localcloud.neon.store import Store

Json = dict[str, Any]
# Between the operations of a chain, so that it has an order also where they take no time; in seconds.
INSTANT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was matched to a route."""

    params: dict[str, str]
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    body: Json | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`submit` takes a job that was committed and has it done by another thread."""

    store: Store
    clusters: Clusters
    submit: Callable[[Job], None]
    sql_port: int
    clock: Clock
    names: Names

    def project(self, call: Call) -> Project:
        project = self.store.projects.get(call.params["project_id"])
        if project is None:
            raise errors.not_found("project")
        return project

    def branch(self, call: Call) -> Branch:
        branch = self.find_branch(call)
        if branch is None:
            raise errors.not_found("branch")
        return branch

    def find_branch(self, call: Call) -> Branch | None:
        return self.store.branch(self.project(call).id, call.params["branch_id"])

    def endpoint(self, call: Call) -> Endpoint:
        endpoint = self.find_endpoint(call)
        if endpoint is None:
            raise errors.not_found("endpoint")
        return endpoint

    def find_endpoint(self, call: Call) -> Endpoint | None:
        project = self.project(call)
        endpoint = self.store.endpoints.get(call.params["endpoint_id"])
        return endpoint if endpoint is not None and endpoint.project_id == project.id else None

    def is_busy(self, project: Project) -> bool:
        """Whether an operation of the project is under way."""
        return status.is_busy(self.store.projects[project.id], self.store.operations, self.clock())

    def require_idle(self, project: Project) -> None:
        """Raise 423 while an operation of the project is under way."""
        if self.is_busy(project):
            raise errors.locked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    action: str
    branch_id: str | None = None
    endpoint_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one project.

    It is a chain of operations and, once committed, the work behind the last of them.
    """

    context: Context
    project: Project
    operations: tuple[Operation, ...]
    now: float

    @property
    def last_id(self) -> str | None:
        return self.operations[-1].id if self.operations else None

    def commit(
        self,
        *,
        put: Iterable[Record] = (),
        delete: Iterable[Record] = (),
        steps: tuple[Step, ...] = (),
        branch_id: str | None = None,
        at_the_end: bool = False,
        job_id: str | None = None,
    ) -> tuple[Operation, ...]:
        """Write everything at once, then have the steps done, as the job of this id (a new one when None).

        They begin now, or (`at_the_end`) when the planned time of the operations is over.
        """
        operations = self.operations
        jobs: list[Job] = []
        if steps:
            last, name = operations[-1], job_id or self.context.names.operation_id()
            run_at = last.finish_at if at_the_end else self.now
            jobs = [Job(id=name, branch_id=branch_id, operation_id=last.id, run_at=run_at, steps=steps)]
            operations = (*operations[:-1], last.model_copy(update={"job_id": name}))
        store = self.context.store
        chain = {"chain": tuple(operation.id for operation in operations)}
        project = store.projects.get(self.project.id, self.project).model_copy(update=chain if operations else {})
        store.commit(put=[project, *operations, *jobs, *put], delete=delete)
        for job in jobs:
            self.context.submit(job)
        return operations


def begin(context: Context, project: Project, *planned: Planned) -> Change:
    """Plan the operations of a change: each begins when the one before it ends. The caller holds the store's lock."""
    context.clock.move_on()
    now, seconds = context.clock(), max(context.store.settings.operation_seconds, INSTANT)
    begun = now
    if context.clock.stands:
        # Their time is over at once: they end when their work is done.
        begun, seconds = now - INSTANT * len(planned), INSTANT
    operations = tuple(
        Operation(
            id=context.names.operation_id(),
            project_id=project.id,
            branch_id=step.branch_id,
            endpoint_id=step.endpoint_id,
            action=step.action,
            created_at=now,
            start_at=begun + place * seconds,
            finish_at=begun + (place + 1) * seconds,
        )
        for place, step in enumerate(planned)
    )
    return Change(context=context, project=project, operations=operations, now=now)
