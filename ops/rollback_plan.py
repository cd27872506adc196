"""What a rollback will do, found out without changing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from components.build_variables import BACKEND_MODE, BACKEND_STACK, FORCE, MIGRATION_COMMAND, PLAIN_NAMES
from components.naming import DATABASE_URL, DIRECT_URL, MIGRATIONS, NONE
from components.variables import KEPT
from hosting.backend_state import stack_status
from hosting.backends import backend_stack
from hosting.deployments import PIN, Configuration, Deployment, read_history, unpinned
from hosting.errors import HostingBusy, HostingError
from hosting.holds import Hold, hold_in
from hosting.jobs import Job, list_jobs
from hosting.lookups import HostedBranch, branch_of
from hosting.lost_tables import LostTable, tables_made_since
from hosting.restoring import Values, old_values
from hosting.retries import built_without_script, commit_of, unknown_commit
from hosting.rollbacks import Past, key_of, passed_over, past_of, target_of, without_keys
from hosting.stuck import refuse_lost
from ops.pulumi import OpsError
from ops.target import Target

_LOGS_READ = 10  # of the latest good builds, where nothing else tells their commits
# They must fit the database as it is: its password may be another one by now.
OF_THE_DATABASE = frozenset({DATABASE_URL, DIRECT_URL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``past`` is put back, ``served`` the newest build that succeeded. ``variables`` are what the branch will have;
    ``names`` are all parameters of the configuration, ``backend`` is its own stack, or empty, ``lost`` are tables of
    it that the old code does not have. ``passed_over`` are later builds that nobody could look at, by number."""

    past: Past
    commit: str
    served: Past
    branch: HostedBranch
    held: Hold | None
    variables: Mapping[str, str]
    values: Values
    names: tuple[str, ...]
    backend: str
    backend_status: str | None
    lost: tuple[LostTable, ...] = ()
    passed_over: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        return "" if self.past.deployment is None else self.past.deployment.stamp


def plan_rollback(target: Target, wanted: str | None) -> Plan:
    """Reads only. Raises OpsError or HostingError where there is nothing to put back, or it cannot be done."""
    branch = branch_of(target.aws, target.app_id, target.builds.branch)
    if branch is None:
        raise OpsError(f"Amplify has no branch {target.builds.branch}: there is nothing to roll back")
    held = hold_in(branch.tags)
    jobs = list_jobs(target.aws, target.builds)
    history = read_history(target.aws, target.identity.deployments, target.builds)
    pasts = _pasts(target, jobs, history)
    past = target_of(jobs, pasts, wanted or (held and held.job) or None, left_alone(branch))
    if past.commit is None:
        raise unknown_commit(target.builds, past.job)
    if built_without_script(target.aws, target.builds, past.job):
        raise _before_the_script(target, past)
    variables = variables_of_then(branch, past.configuration, past.commit)
    values = _values(target, past.deployment)
    refuse_missing(past.job, values, variables)
    backend, status = _own_backend(target, variables)
    return Plan(
        past=past,
        commit=past.commit,
        served=pasts[0],
        branch=branch,
        held=held,
        variables=variables,
        values=values,
        names=tuple(sorted({name for one in history for name in one.configuration.parameters})),
        backend=backend,
        backend_status=status,
        lost=lost_tables(target, backend, past.job),
        passed_over=() if wanted else passed_over(pasts, past),
    )


def refuse_missing(job: Job, values: Values, variables: Mapping[str, str]) -> None:
    """Raises OpsError for parameters that the build of then requires and that are not there any more."""
    required = {*variables.get("REQUIRED", "").split(), *variables.get("RUNTIME_NAMES", "").split()}
    missing = [name for name in values.missing if key_of(name) in required]
    if missing:
        raise OpsError(
            f"nothing was rolled back: build {job.id} requires {', '.join(missing)}, which was deleted since, and its "
            "own build would stop without it. Put the parameter back into the settings, or into SSM by hand, or name "
            "another build with --to"
        )


def _before_the_script(target: Target, past: Past) -> OpsError:
    stack = target.identity.stack
    return OpsError(
        f"nothing was rolled back: build {past.job.id} did not use build/environment. Its commit {past.commit} may "
        "have none, and a rollback's build, which uses it, would fail. Name a later build with --to "
        f"(`python -m ops build {stack} status` lists them), or revert in git and push"
    )


def _pasts(target: Target, jobs: Sequence[Job], history: Sequence[Deployment]) -> list[Past]:
    """The builds that succeeded, newest first. What neither Amplify nor a note tells of the newest, their logs may."""
    found = [past_of(job, history) for job in jobs if job.succeeded]
    read = [past if past.commit else replace(past, commit=_logged(target, past.job)) for past in found[:_LOGS_READ]]
    return [*read, *found[_LOGS_READ:]]


def _logged(target: Target, job: Job) -> str | None:
    try:
        return commit_of(target.aws, target.builds, job)
    except HostingBusy:
        raise
    except HostingError:  # a log that is gone
        return None


def _own_backend(target: Target, variables: Mapping[str, str]) -> tuple[str, str | None]:
    """The backend stack that the build will deploy to, with its status, which one that is cancelled may still change.

    The variables of then name it, not the files of now.
    """
    name = own_backend(target, variables)
    if not name:
        return "", None
    status = stack_status(target.aws, name)
    refuse_lost(name, status)
    return name, status


def own_backend(target: Target, variables: Mapping[str, str]) -> str:
    """The backend stack that a build with these variables deploys to; empty for one that deploys none."""
    if variables.get(BACKEND_MODE) != "own":
        return ""
    return variables.get(BACKEND_STACK) or backend_stack(target.app_id, target.builds.branch)


def lost_tables(target: Target, backend: str, then: Job) -> tuple[LostTable, ...]:
    """Tables that the code of ``then`` does not have, in the backend that it is deployed to; none without one."""
    return tables_made_since(target.aws, backend, then.ended_at or then.started) if backend else ()


def variables_of_then(branch: HostedBranch, then: Configuration | None, commit: str) -> Mapping[str, str]:
    """What the branch will have. Nothing is migrated: an old commit has no migration that is new, a schema that is
    pushed would be the old one, and take away what it does not know and its data, and after a migration that failed
    no other one is applied, so that the build would fail. What an adopted branch keeps is left alone: no file has it,
    so that no resume would bring a newer value back."""
    noted = None if then is None else then.variables
    found = unpinned(branch.variables if noted is None else _with_kept(noted, branch.variables))
    # That there is a command tells a build that there is a database; an older script would run it.
    command = {MIGRATION_COMMAND: "true"} if MIGRATION_COMMAND in found else {}
    return {BACKEND_MODE: NONE, **found, **command, MIGRATIONS: NONE, PIN: commit}


def _with_kept(noted: Mapping[str, str], live: Mapping[str, str]) -> dict[str, str]:
    names = live.get(KEPT, "").split()
    ours = {key: value for key, value in noted.items() if key not in names}
    return {**ours, **{key: live[key] for key in (KEPT, *names) if key in live}}


def _values(target: Target, then: Deployment | None) -> Values:
    if then is None:
        return Values(changes=(), gone=())
    return old_values(target.aws, without_keys(then.configuration.parameters, OF_THE_DATABASE), then.at)


def left_alone(branch: HostedBranch) -> frozenset[str]:
    """Names of the variables and parameters that a rollback leaves as they are, or out, and of what only forces a
    build."""
    return OF_THE_DATABASE | {
        MIGRATIONS,
        MIGRATION_COMMAND,
        PLAIN_NAMES,
        FORCE,
        KEPT,
        *branch.variables.get(KEPT, "").split(),
    }
