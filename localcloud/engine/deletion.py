"""Deleting what is no longer wanted, dependents first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from localcloud.engine.errors import StepFailedError
from localcloud.engine.ordering import deletion_levels
from localcloud.engine.run import PARALLEL, Run
from localcloud.engine.state import Resource
from localcloud.engine.steps import Steps


def delete_all(run: Run, condemned: list[Resource]) -> None:
    """Delete resources; nothing at all when one of them is protected. After a failure the levels below stay."""
    if _refused(run, condemned):
        return
    steps = Steps(run)
    for resource in [r for r in condemned if r.pending_replacement]:
        run.snapshot.end(None, gone=[resource])
    levels = deletion_levels([r for r in condemned if not r.pending_replacement])
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        for level in levels:
            list(pool.map(lambda resource: _delete(run, steps, resource), level))
            if run.failed:
                return


def leftovers(run: Run) -> list[Resource]:
    """List the resources of the old state that the program did not register again, or has replaced."""
    return [r for r in run.snapshot.base if not run.snapshot.is_gone(r)]


def _delete(run: Run, steps: Steps, resource: Resource) -> None:
    if run.interrupted.is_set():
        return
    try:
        with run.reporting(resource.urn):
            steps.delete(resource)
    except StepFailedError:
        return


def _refused(run: Run, condemned: list[Resource]) -> bool:
    for resource in condemned:
        if resource.protect and not resource.delete:
            run.fail(
                resource.urn,
                f'resource "{resource.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
                "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, "
                f"or use the command:\n`pulumi state unprotect '{resource.urn}'`",
            )
    return run.failed
