"""Deleting a project with all that is in it."""

from __future__ import annotations

from localcloud.neon import errors, views
from localcloud.neon.context import Call, Context, Reply
from localcloud.neon.records import Branch, Job, Project, Record, Step


def delete_project(context: Context, call: Call) -> Reply:
    """Forget the project now; its data goes after it. Neon can recover one for seven days, which is not emulated."""
    project = context.project(call)
    with context.store.lock:
        context.require_idle(project)
        branches = context.store.branches_of(project.id)
        if any(branch.protected for branch in branches):
            raise errors.refused("cannot delete a project that has protected branches: unprotect them first")
        shown = views.project_view(project, context.clock())
        job = _job(context, branches)
        context.store.commit(put=[job], delete=[project, *branches, *_parts(context, project, branches)])
    context.submit(job)
    return Reply(status=200, body={"project": shown})


def _parts(context: Context, project: Project, branches: list[Branch]) -> list[Record]:
    endpoints = [endpoint for branch in branches for endpoint in context.store.endpoints_of(branch.id)]
    return [*endpoints, *(one for one in context.store.operations.values() if one.project_id == project.id)]


def _job(context: Context, branches: list[Branch]) -> Job:
    """What ends the servers of the branches, and takes their data away."""
    numbers = sorted({number for branch in branches for number in (branch.cluster, branch.frozen_copy) if number})
    steps = tuple(Step(do="remove", cluster=number) for number in numbers)
    return Job(id=context.names.operation_id(), branch_id=None, operation_id=None, run_at=context.clock(), steps=steps)
