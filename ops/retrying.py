"""What speaks against building an older commit of an environment once more. A rollback sees to the same in its plan."""

from __future__ import annotations

from components.naming import MIGRATIONS
from hosting.holds import hold_in
from hosting.jobs import Job, list_jobs
from hosting.lookups import HostedBranch, existing_branch
from hosting.retries import Permit, commit_of, same_commit
from ops.pulumi import OpsError
from ops.rollback_plan import lost_tables, own_backend
from ops.rollback_text import unknown_to_old_code
from ops.target import Target


def permit_of(target: Target, *, accept_table_loss: bool) -> Permit:
    """Refuses, with OpsError, a retry on a held branch, and one of an older commit that takes data away.

    Such is one that pushes its schema over a newer one, and one whose backend does not have tables that are there now,
    unless these may go. A build that has no newer one of another commit takes nothing away.
    """

    def permit(job: Job, commit: str) -> None:
        branch = unheld(target)
        pushes, backend = branch.variables.get(MIGRATIONS) == "push", own_backend(target, branch.variables)
        newer = _newer(target, job, commit) if pushes or backend else None
        if newer is None:
            return
        if pushes:
            raise _old_schema(target, job, newer)
        lost = lost_tables(target, backend, job)
        if lost and not accept_table_loss:
            raise OpsError(f"build {job.id} was not repeated: {unknown_to_old_code(lost)}")

    return permit


def unheld(target: Target) -> HostedBranch:
    """The environment's Amplify branch. Raises OpsError for one that is held."""
    branch = existing_branch(target.aws, target.app_id, target.builds.branch)
    held = hold_in(branch.tags)
    if held is not None:
        stack = target.identity.stack
        raise OpsError(
            f"{stack} was rolled back and is held at {held}: nothing is built until `python -m ops resume {stack}`; "
            f"`python -m ops rollback {stack} --to NUMBER` puts another build back"
        )
    return branch


def _newer(target: Target, job: Job, commit: str) -> Job | None:
    """The newest later build of another commit, or of one that nobody knows. It may have failed: what its code did to
    the backend and the database before that stays."""
    later = (one for one in list_jobs(target.aws, target.builds) if int(one.id) > int(job.id))
    return next((one for one in later if not _is(target, one, commit)), None)


def _is(target: Target, job: Job, commit: str) -> bool:
    found = job.commit or commit_of(target.aws, target.builds, job)
    return found is not None and same_commit(found, commit)


def _old_schema(target: Target, job: Job, newer: Job) -> OpsError:
    stack = target.identity.stack
    return OpsError(
        f"build {job.id} was not repeated: {stack} pushes its schema, and that of an older commit than build "
        f"{newer.id}'s would be pushed over the newer one, with `--accept-data-loss`. Push the commit that is wanted, "
        f"or go back with `python -m ops rollback {stack}`, which pushes no schema"
    )
