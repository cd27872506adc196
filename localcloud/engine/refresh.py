"""Reading every resource of the state from its provider, and taking over what is found."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from localcloud.engine.display import Step, changed_keys
from localcloud.engine.errors import StepFailedError
from localcloud.engine.provider import Change, Provider, Read
from localcloud.engine.run import PARALLEL, Run, with_secrets
from localcloud.engine.state import Resource, now
from localcloud.engine.values import same


def refresh(run: Run, *, judge: bool) -> None:
    """Refresh the base state of a run in memory; the caller saves it.

    With `judge` each change is shown as what an `up` of the same program would have to undo, as `pulumi refresh` does:
    an update if the provider sees a difference from the last inputs, and nothing if only outputs moved.
    """
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        fresh = list(pool.map(lambda resource: _refreshed(run, resource, judge=judge), run.snapshot.base))
    if run.failed:
        raise StepFailedError("refresh")
    run.snapshot.base = _repaired([resource for resource in fresh if resource is not None])


def _refreshed(run: Run, old: Resource, *, judge: bool) -> Resource | None:
    if not old.managed or old.pending_replacement:
        return old
    began = time.monotonic()
    try:
        with run.reporting(old.urn):
            provider = run.registry.get(old.provider)
            read = provider.read(old.urn, old.id, old.inputs, old.outputs)
            new = _taken_over(old, read)
            differs = new is None or _differs(provider, old, new, judge=judge)
    except StepFailedError:
        return old
    if differs:
        op = "refresh" if not judge else "update" if new is not None else "delete"
        keys = changed_keys(old.inputs, new.inputs) if new is not None else ()
        run.show(Step(op=op, urn=old.urn, old=old, new=new, changed_keys=keys), began)
    elif judge:
        run.display.step(Step(op="same", urn=old.urn, old=old, new=new))
    return new


def _taken_over(old: Resource, read: Read) -> Resource | None:
    if not read.id or read.outputs is None:
        return None
    inputs = old.inputs if read.inputs is None else read.inputs
    new = with_secrets(replace(old, id=read.id, inputs=inputs, outputs=read.outputs, init_errors=()))
    changed = not same(old.inputs, new.inputs) or not same(old.outputs, new.outputs)
    return replace(new, modified=now()) if changed else new


def _differs(provider: Provider, old: Resource, new: Resource, *, judge: bool) -> bool:
    if not judge:
        return not same(old.inputs, new.inputs) or not same(old.outputs, new.outputs)
    if old.external:
        return not same(old.outputs, new.outputs)
    change = Change(
        urn=new.urn,
        id=new.id,
        old_inputs=new.inputs,
        old_outputs=new.outputs,
        inputs=old.inputs,
        ignored=list(old.ignore_changes),
    )
    return provider.diff(change).changed


def _repaired(resources: list[Resource]) -> list[Resource]:
    """Drop references to what is gone; the children of a gone parent become its parent's."""
    urns = {resource.urn for resource in resources}
    above = {resource.urn: resource.parent for resource in resources}
    return [_without_missing(resource, urns, above) for resource in resources]


def _without_missing(resource: Resource, urns: set[str], above: dict[str, str]) -> Resource:
    if not resource.depends_on() - urns:
        return resource
    parent = resource.parent
    while parent and parent not in urns:
        parent = above.get(parent, "")
    properties = {key: [u for u in found if u in urns] for key, found in resource.property_dependencies.items()}
    return replace(
        resource,
        parent=parent,
        dependencies=tuple(u for u in resource.dependencies if u in urns),
        property_dependencies=properties,
    )
