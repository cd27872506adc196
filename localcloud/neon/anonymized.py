"""The routes of anonymized branches."""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.neon import bodies, errors, masking, views
from localcloud.neon.bodies import CreateAnonymized, CreateBranch, NewBranch, NewEndpoint, read_body
from localcloud.neon.context import INSTANT, Call, Context, Json, Reply
from localcloud.neon.creation import Made, created, make_branch, parent_of
from localcloud.neon.errors import ApiError
from localcloud.neon.records import Branch, Job, Masking, MaskingRule, Masks, Record, Run, Step

STARTABLE = ("initialized", "anonymized", "error")


def create_branch(context: Context, call: Call) -> Reply:
    """Like Neon, it makes the branch also where it then refuses the rules: nobody can connect to that one."""
    body, project = read_body(CreateAnonymized, call.body), context.project(call)
    rules = tuple(body.masking_rules or ())
    masking.refuse_functions(rules)
    wanted = _with_endpoint(body.branch_create or CreateBranch()).model_copy(
        update={"annotation_value": body.annotation_value}
    )
    with context.store.lock:
        context.require_idle(project)
        parent = parent_of(context, project, (wanted.branch or NewBranch()).parent_id)
        refusal = _refusal(context, parent, rules)
        starts = bool(body.start_anonymization) and refusal is None
        made = make_branch(
            context, project, wanted, lambda made: _masked(context, made, () if refusal else rules, starts=starts)
        )
    if refusal is not None:
        raise refusal
    return Reply(status=201, body=created(context, made))


def _with_endpoint(wanted: CreateBranch) -> CreateBranch:
    return wanted if wanted.endpoints else wanted.model_copy(update={"endpoints": [NewEndpoint(type="read_write")]})


def _refusal(context: Context, branch: Branch, rules: Iterable[MaskingRule]) -> ApiError | None:
    """Why these rules are none for this branch's databases; columns of files that never run cannot be looked up."""
    found = masking.faults(branch, rules)
    if not found and not branch.shared:
        found = [f"there is no column {name}" for name in context.clusters.missing(branch.cluster, rules)]
    return errors.bad_request(f"masking rules: {'; '.join(found)}") if found else None


def _masked(
    context: Context, made: Made, rules: tuple[MaskingRule, ...], *, starts: bool
) -> tuple[Branch, Iterable[Record]]:
    """The new branch as an anonymized one, and the work of its first anonymization."""
    branch, now = made.branch, made.branch.created_at
    fails = context.store.settings.anonymization_fails
    kept = Masking(rules=rules, created_at=now, updated_at=now, broken=fails == "initialization")
    branch = branch.model_copy(update={"masking": kept})
    if not starts or kept.broken:
        return branch, ()
    # As long again as an operation takes it is initialized and not yet being anonymized.
    begins = made.operations[-1].finish_at + _duration(context)
    return _running(context, branch, begins=begins, after=made.job_id)


def _running(
    context: Context, branch: Branch, *, begins: float, after: str | None = None
) -> tuple[Branch, tuple[Job, ...]]:
    """The branch with an anonymization under way, and its job."""
    assert branch.masking is not None  # noqa: S101
    seeded = context.store.settings.seed is not None
    masks = Masks(
        rules=branch.masking.rules,
        owners={database.name: database.owner for database in branch.databases},
        seed=context.names.chance().random() if seeded else None,
        fails=context.store.settings.anonymization_fails == "run",
    )
    job = Job(
        id=context.names.operation_id(),
        branch_id=branch.id,
        operation_id=None,
        after=after,
        run_at=begins,
        # Connections that are open end: nobody sees a part of the work.
        steps=(Step(do="stop", cluster=branch.cluster), Step(do="mask", cluster=branch.cluster, masks=masks)),
    )
    run = Run(started_at=begins, finish_at=begins + _duration(context), columns=len(masks.rules), job_id=job.id)
    kept = branch.masking.model_copy(update={"run": run, "updated_at": context.clock()})
    return branch.model_copy(update={"masking": kept}), (job,)


def _duration(context: Context) -> float:
    return 0.0 if context.clock.stands else max(context.store.settings.operation_seconds, INSTANT)


def anonymize(context: Context, call: Call) -> Reply:
    with context.store.lock:
        branch, kept = _anonymized(context, call)
        state = masking.state_of(branch, kept, context.store.operations, context.clock())
        if state not in STARTABLE:
            raise errors.refused(f"anonymization cannot be started: the branch is {state}")
        context.clock.move_on()
        changed, jobs = _running(context, branch, begins=context.clock())
        context.store.commit(put=[changed, *jobs])
    for job in jobs:
        context.submit(job)
    return Reply(status=200, body=_status(context, changed))


def get_status(context: Context, call: Call) -> Reply:
    branch, _ = _anonymized(context, call)
    return Reply(status=200, body=_status(context, branch))


def _status(context: Context, branch: Branch) -> Json:
    return views.anonymized_view(branch, context.store.operations, context.clock())


def get_rules(context: Context, call: Call) -> Reply:
    _, kept = _anonymized(context, call)
    return Reply(status=200, body=views.rules_view(kept))


def update_rules(context: Context, call: Call) -> Reply:
    """All rules are replaced; nothing is masked by them before the next anonymization."""
    rules = tuple(read_body(bodies.UpdateMaskingRules, call.body).masking_rules)
    masking.refuse_functions(rules)
    with context.store.lock:
        branch, kept = _anonymized(context, call)
        state = masking.state_of(branch, kept, context.store.operations, context.clock())
        if state not in STARTABLE:
            raise errors.refused(f"the masking rules cannot be changed: the branch is {state}")
        if (refusal := _refusal(context, branch, rules)) is not None:
            raise refusal
        context.clock.move_on()
        kept = kept.model_copy(update={"rules": rules})
        context.store.commit(put=[branch.model_copy(update={"masking": kept})])
    return Reply(status=200, body=views.rules_view(kept))


def _anonymized(context: Context, call: Call) -> tuple[Branch, Masking]:
    branch = context.branch(call)
    if branch.masking is None:
        raise errors.not_found("anonymized branch")
    return branch, branch.masking
