"""`ops rollback STACK` and `ops resume STACK`: the last good deployment put back and held, and the end of the hold.

What AWS knows is enough for it (jobs, the noted deployments, the versions of parameters): a lost state is no obstacle.
"""

from __future__ import annotations

import typer

from components.build_variables import BACKEND_BRANCH, BACKEND_STACK
from hosting.builds import cancel_builds
from hosting.deploying import History, noted, verified
from hosting.errors import HostingError
from hosting.holds import held_at, hold, release, stop_pushes
from hosting.jobs import Job
from hosting.moments import now
from hosting.patience import Clock, Patience
from hosting.restoring import restore_parameter, restore_variables
from hosting.retries import repeat_commit
from hosting.stuck import settle
from hosting.verifying import require_verified
from ops.asking import agreed
from ops.builds import FORCE
from ops.progress import insist, progress
from ops.pulumi import OpsError, Pulumi
from ops.rollback_plan import Plan, lost_tables, plan_rollback
from ops.rollback_text import described, unknown_to_old_code
from ops.target import Target, find_target
from ops.verifying import expected_with


def rollback(stack: str, job_id: str | None, *, yes: bool, accept_table_loss: bool) -> None:
    """Shows what is put back and what is not, asks, does it. Tables that would be lost are for a word of their own."""
    target = find_target(Pulumi(stack=stack))
    clock = progress()
    plan = insist(lambda: plan_rollback(target, job_id))
    typer.echo(described(target, plan))
    if plan.lost and not accept_table_loss:
        raise OpsError(f"nothing was rolled back: {unknown_to_old_code(plan.lost)}")
    if not (yes or agreed(f"Roll {stack} back?")):
        raise OpsError("nothing was rolled back")
    job = carry_out(target, plan, clock)
    typer.echo(
        f"{stack} is back at commit {plan.commit} (build {job.id}), and held there: pushes do not build, and an up is "
        f"refused, until `python -m ops resume {stack}`"
    )


def carry_out(target: Target, plan: Plan, clock: Clock) -> Job:
    """Each step may be repeated: what is done already is found done. The hold is first, and stays when one fails.

    Waits, to the builds' deadline, while AWS is too busy for one.
    """
    patience = Patience.of(target.builds.deadline, clock)
    patience.insist(lambda: hold(target.aws, target.builds, plan.past.job.id))
    try:
        return _put_back(target, plan, patience)
    except HostingError as error:
        raise OpsError(f"{error}. {_still_held(target.identity.stack)}") from None


def _still_held(stack: str) -> str:
    return (
        f"{stack} stays held: pushes do not build, and an up is refused. Run "
        f"`python -m ops rollback {stack}` once more, with --to for another build, or end the hold with "
        f"`python -m ops resume {stack}`, which builds the newest commit"
    )


def _put_back(target: Target, plan: Plan, patience: Patience) -> Job:
    clock = patience.clock
    cancel_builds(target.aws, target.builds, clock)
    patience.insist(lambda: stop_pushes(target.aws, target.builds))
    cancel_builds(target.aws, target.builds, clock)  # of a push meanwhile
    if plan.backend:
        settle(target.aws, plan.backend, patience)
        patience.insist(lambda: _refuse_others(target, plan))
    for change in plan.values.changes:
        patience.insist(lambda: restore_parameter(target.aws, change))  # noqa: B023 - used before the next turn
    patience.insist(lambda: restore_variables(target.aws, target.builds, plan.variables))
    history = History(name=target.identity.deployments, parameters=plan.names)
    return noted(target.aws, target.builds, history, plan.stamp, lambda: _built(target, plan, patience), clock)


def _refuse_others(target: Target, plan: Plan) -> None:
    """Raises OpsError for tables of a build that ran meanwhile: nobody has said that they may go."""
    known = {one.name for one in plan.lost}
    others = [one for one in lost_tables(target, plan.backend, plan.past.job) if one.name not in known]
    if others:
        raise OpsError(f"{target.identity.stack} is held, and not rolled back yet: {unknown_to_old_code(others)}")


def _built(target: Target, plan: Plan, patience: Patience) -> Job:
    variables = plan.variables
    expected = expected_with(target, variables.get(BACKEND_STACK, ""), variables.get(BACKEND_BRANCH, ""))
    job = repeat_commit(target.aws, target.builds, plan.past.job, plan.commit, patience, pinned=True)
    verified(job, lambda new, clock: require_verified(target.aws, expected, new, clock), patience.clock)
    return job


def resume(stack: str, yes: bool) -> None:
    """Ends the hold and brings the configuration of the files back, with a build: shows what, and asks."""
    pulumi = Pulumi(stack=stack)
    target = find_target(pulumi)
    held = insist(lambda: held_at(target.aws, target.builds))
    if held is None:
        raise OpsError(f"{stack} is not held: there is nothing to resume")
    if not yes:
        pulumi.run("preview")
        what = f"End the hold of {stack} at {held}, bring that configuration back and build the newest commit?"
        if not agreed(what):
            raise OpsError(f"{stack} stays held")
    # First, so that it is there however this ends: an up that finds the configuration of its last build builds nothing,
    # and another commit is deployed by now.
    pulumi.set(FORCE, now())
    insist(lambda: release(target.aws, target.builds))
    pulumi.up(seen=not yes)
