"""A plan of a rollback for the person who has to say yes. Pure; no value of a parameter is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC

from components.build_variables import MIGRATION_COMMAND
from components.naming import MIGRATIONS
from components.variables import set_by_hand
from hosting.deployments import unpinned
from hosting.jobs import Job
from hosting.lost_tables import LostTable
from hosting.rollbacks import variable_changes
from hosting.stuck import Way, way_out
from ops.rollback_plan import OF_THE_DATABASE, Plan
from ops.target import Target


def described(target: Target, plan: Plan) -> str:
    return "\n".join([*_what(target, plan), *_configuration(plan), *_not_undone(target, plan)])


def _what(target: Target, plan: Plan) -> Iterator[str]:
    if plan.held is not None:
        yield f"{target.identity.stack} is held at {plan.held} already"
    yield f"what is served:  {_build(plan.served.job, plan.served.commit)}"
    yield f"what comes back: {_build(plan.past.job, plan.commit)}, built once more, nothing migrated"
    for number in plan.passed_over:
        yield f"passed over:     build {number}, for nobody could look at what it left"
    if plan.past.unseen:
        yield f"nobody could look at what build {plan.past.job.id} left, and no verified one is there"
    yield "a build that runs is cancelled"
    if plan.backend and way_out(plan.backend_status) is not Way.NOTHING:
        yield f"backend: {plan.backend} is {plan.backend_status}: {way_out(plan.backend_status)}"


def _build(job: Job, commit: str | None) -> str:
    when = "" if job.started is None else job.started.astimezone(UTC).strftime(" of %Y-%m-%d %H:%M:%S")
    return f"build {job.id}{when}, commit {commit or 'unknown'}"


def _configuration(plan: Plan) -> Iterator[str]:
    if plan.past.configuration is None:
        yield "variables and parameters stay as they are: nothing was noted about them then"
        return
    if plan.past.configuration.variables is None:
        yield "variables stay as they are: they were too long to be noted"
    for line in variable_changes(_told(plan.branch.variables), _told(plan.variables)):
        yield f"variable {line}"
    by_hand = sorted(set_by_hand(plan.branch.variables))
    if by_hand:
        yield f"what was set by hand before adoption stays as it is: {', '.join(by_hand)}"
    for change in plan.values.changes:
        yield f"parameter {change.name} gets the value of its version {change.version}"
    for name in plan.values.gone:
        stays = "is not there any more, and does not come back" if name in plan.values.missing else "stays as it is"
        yield f"parameter {name} {stays}: SSM does not have the value of then any more"


def _told(variables: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in unpinned(variables).items() if key not in (MIGRATIONS, MIGRATION_COMMAND)}


def _not_undone(target: Target, plan: Plan) -> Iterator[str]:
    yield "this does not undo:"
    if target.settings.draft.database is not None:
        yield "  the database: migrations that ran and data that was written since stay"
        yield f"  {' and '.join(sorted(OF_THE_DATABASE))}: they fit the database as it is now"
    if plan.backend:
        yield "  data that was written to the backend since, in what its old code has, too"
        yield "but beware: what the old code of the backend does not have is taken away by its deployment, its data"
        yield "included, unless the backend retains it"
        made = ", ".join(map(str, plan.lost)) or "none: the old code has them all"
        yield f"  tables that were made after build {plan.past.job.id}: {made}"
    yield "  the stack files and git: until `python -m ops resume`, pushes do not build and an up is refused"


def unknown_to_old_code(tables: Iterable[LostTable]) -> str:
    return (
        f"the backend's old code does not have {', '.join(map(str, tables))}, and its deployment would delete what it "
        "does not have. Revert in git what came after and keep the tables, or say --accept-table-loss if nobody needs "
        "their data"
    )
