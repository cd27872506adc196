"""What an environment has beside its backend, looked at: its newest build, its parameters, its database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from components.naming import DATABASE_URL, DIRECT_URL, Identity
from components.neon.credentials import MissingCredentials
from components.settings.models import DatabaseSettings, EnvironmentSettings
from components.variables import parameter_keys
from hosting.builds import running_of
from hosting.jobs import Job, list_jobs
from hosting.lookups import parameter_values
from hosting.retries import commit_of
from hosting.verification import Check
from neon.branches import find_own, read_write_endpoint
from neon.client import NeonClient
from neon.connections import pooled_host
from neon.errors import NeonError, NeonRefused
from neon.models import Branch
from neon.ownership import require_owned
from neon.presence import projects_named
from ops.target import Target

_KEYS = frozenset({"database", "parameters", "secrets"})


def environment_checks(target: Target) -> Iterator[Check]:
    """Raises OpsError where the settings are wrong about what there should be, HostingError where AWS does not tell."""
    draft = target.settings.draft
    if _KEYS & draft.wrong or draft.parameters is None or draft.secrets is None:
        raise target.settings.wrong()
    jobs = list_jobs(target.aws, target.builds)
    yield from build_checks(
        target.identity.stack, target.builds.branch, jobs, lambda job: commit_of(target.aws, target.builds, job)
    )
    wanted = parameter_keys(draft.database, draft.parameters, dict(draft.secrets))
    values = parameter_values(target.aws, target.identity.parameter_prefix) if wanted else {}
    yield from parameter_checks(target.identity, wanted, values)
    if draft.database is not None:
        yield from _database_checks(target, draft.database, values)
    yield from address_checks(target.environment, asked=target.build.check_address)


def address_checks(environment: EnvironmentSettings, *, asked: bool) -> Iterator[Check]:
    """Of an address that nobody asks for: there is nothing to tell where none is given."""
    if environment.url is not None and not asked:
        yield Check(
            what=f"{environment.url} was not asked: check_address: true in the build settings asks", known=False
        )


def build_checks(stack: str, branch: str, jobs: Sequence[Job], commit: Callable[[Job], str | None]) -> Iterator[Check]:
    """Of the newest build that has ended, and of one that runs; ``jobs`` are the newest first."""
    running, newest = running_of(jobs), next((job for job in jobs if job.ended), None)
    if running is not None:
        yield Check(what=f"build {running.id} of {branch} is {running.status}: look again at its end", known=False)
    if newest is None:
        if running is None:
            text = f"{branch} was never built: `python -m ops build {stack} start` builds it"
            yield Check(what=f"{branch} was built", problem=text)
        return
    said = f"build {newest.id} of {branch} ended as {newest.status}"
    if newest.succeeded:
        yield Check(what=f"{said}, commit {commit(newest) or 'unknown: neither Amplify nor its log tells'}")
        return
    why = f"what is served is older. `python -m ops build {stack} log {newest.id}` tells why"
    yield Check(what=said, problem=f"{said}: {why}")


def parameter_checks(identity: Identity, wanted: Iterable[str], there: Iterable[str]) -> Iterator[Check]:
    """A check for each key that has no parameter, else one for all of them."""
    keys, found = sorted(wanted), set(there)
    missing = [key for key in keys if key not in found]
    for key in missing:
        name = identity.parameter(key)
        text = f"the SSM parameter {name} is not there: `pulumi up -s {identity.stack}` makes it"
        yield Check(what=name, problem=text)
    if keys and not missing:
        yield Check(what=f"its parameters are there: {', '.join(keys)}")


def _database_checks(target: Target, database: DatabaseSettings, values: Mapping[str, str]) -> Iterator[Check]:
    strings = {key: values[key] for key in (DATABASE_URL, DIRECT_URL) if key in values}
    for key, value in strings.items():
        yield _opens(key, value)
    try:
        hosts = _hosts(target, database)
    except NeonRefused as refused:
        yield Check(what="the stack has a Neon branch of its own", problem=str(refused))
        return
    except (NeonError, MissingCredentials) as error:
        yield Check(what=f"not known whether that is the stack's own Neon branch: {error}", known=False)
        return
    for key, value in strings.items():
        yield leads_check(target.identity.stack, key, urlsplit(value).hostname or "", hosts[key])


def _opens(key: str, address: str) -> Check:
    from ops.postgres import refusal  # PostgreSQL's client takes its time

    refused = refusal(address)
    return Check(what=f"{key} opens the database", problem=refused and f"{key} opens no database: {refused}")


def leads_check(stack: str, key: str, host: str, own: str) -> Check:
    """Whether a connection string leads to the host of the stack's own branch."""
    what = f"{key} leads to the stack's own Neon branch"
    if host == own.lower():
        return Check(what=what)
    found = f"{key} leads to {host or 'no host'}, and the stack's own Neon branch is at {own}"
    return Check(what=what, problem=f"{found}: `pulumi up -s {stack}` mends it")


def _hosts(target: Target, database: DatabaseSettings) -> Mapping[str, str]:
    """Where each string should lead. Raises NeonRefused for a branch that is not there, or not this stack's."""
    client = target.settings.neon()
    branch = _own(client, target.identity, database)
    endpoint = read_write_endpoint(client, branch.project_id, branch.id)
    if endpoint is None:
        raise NeonRefused(f"the Neon branch {branch.name!r} ({branch.id}) has no read-write endpoint")
    return {DATABASE_URL: pooled_host(endpoint.host), DIRECT_URL: endpoint.host}


def _own(client: NeonClient, identity: Identity, database: DatabaseSettings) -> Branch:
    mark = identity.mark(identity.name("database"))
    projects = projects_named(client, database.project)
    if not projects:
        raise NeonError(f"this API key sees no Neon project {database.project!r}")
    for project in projects:
        branch = find_own(client, project.id, database.branch, mark, adopted=database.adopt)
        if branch is not None:
            require_owned(branch, mark, adopted=database.adopt)
            return branch
    raise NeonRefused(f"Neon has no branch {database.branch!r} in {database.project!r}")
