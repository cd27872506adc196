"""`ops verify STACK`: the checks of an up, at any time, each told."""

from __future__ import annotations

from pathlib import Path

import typer

from components.address import branch_address
from components.backend import backend_in_use
from components.settings.siblings import read_siblings, to_be_apart
from hosting.holds import held_at
from hosting.jobs import Job, list_jobs
from hosting.verification import Check, failed
from hosting.verifying import Expected, require_verified, verify
from ops.checks import environment_checks
from ops.progress import insist, progress
from ops.pulumi import OpsError
from ops.target import Target


def expected_of(target: Target) -> Expected:
    """What the settings say that there should be. Raises OpsError where they are wrong about the backend."""
    backend = target.settings.draft.backend
    if backend is None:
        raise target.settings.wrong()
    stack = backend_in_use(backend, target.environment.git_branch, target.app_id)
    return expected_with(target, stack, backend.source or "")


def expected_with(target: Target, stack: str, source: str) -> Expected:
    """What there should be with the backend ``stack``, which is that of the branch ``source`` where it is shared."""
    environment = target.environment
    address = branch_address(environment, target.default_domain)
    return Expected(
        app_id=target.app_id,
        branch=environment.git_branch,
        stack=stack,
        source=source,
        production=environment.production,
        address=str(address) if target.build.check_address else "",
        elsewhere=to_be_apart(target.settings.draft, read_siblings(Path.cwd(), target.identity)),
        timeout=target.build.timeout,
        environment=target.identity.stack,
    )


def require(target: Target, job: Job) -> None:
    """Raises HostingError where what ``job`` left is not as it should be."""
    require_verified(target.aws, expected_of(target), job, progress())


def check(target: Target, sandbox: str = "") -> None:
    """Prints every check, of the environment or of a ``sandbox``'s stack; OpsError when one failed."""
    if sandbox:
        expected, newest = Expected(app_id=target.app_id, branch="", stack=sandbox, timeout=target.build.timeout), None
    else:
        expected, newest = expected_of(target), insist(lambda: _newest(target))
    checks = verify(target.aws, expected, newest, progress())
    if not sandbox:
        checks = [*insist(lambda: list(environment_checks(target))), *checks]
        held = insist(lambda: held_at(target.aws, target.builds))
        if held is not None:
            typer.echo(held.told(target.identity.stack))
    for one in checks:
        typer.echo(_told(one))
    wrong = failed(checks)
    if wrong:
        stack = target.identity.stack
        again = f": `python -m ops build {stack} start` mends its own backend that is gone, and outputs that are old"
        raise OpsError(f"{len(wrong)} of {len(checks)} checks of {stack} failed{'' if sandbox else again}")


def _told(check: Check) -> str:
    if check.problem is not None:
        return f"failed  {check.problem}"
    return f"{'ok     ' if check.known else 'unknown'} {check.what}"


def _newest(target: Target) -> Job | None:
    return next((job for job in list_jobs(target.aws, target.builds) if job.succeeded), None)
