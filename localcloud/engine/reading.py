"""Reading what the program does not own: `Type.get` and stack references."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from localcloud.engine.display import Step
from localcloud.engine.errors import EngineError, ProviderError, UnsupportedError
from localcloud.engine.protocol import from_wire
from localcloud.engine.run import Run, with_secrets
from localcloud.engine.state import Resource, now
from localcloud.engine.values import is_unknown, same


def read_resource(run: Run, request: Any, provider: str) -> Resource:
    """Read a resource into the state as external; StepFailedError after a failure was reported."""
    began = time.monotonic()
    urn = run.naming.urn(request.parent, request.type, request.name)
    old = run.olds().get(urn)
    new = Resource(
        urn=urn,
        type=request.type,
        custom=True,
        external=True,
        id=request.id,
        inputs=from_wire(request.properties),
        parent=request.parent,
        dependencies=tuple(request.dependencies),
        provider=provider,
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        created=old.created if old else "",
        modified=old.modified if old else "",
    )
    with run.reporting(urn):
        if old is not None and not old.external and old.id != request.id:
            raise UnsupportedError(f"reading {urn}, which this stack owns, under another id")
        new = with_secrets(_read(run, new))
        if old is not None and not same(old.outputs, new.outputs):
            new = replace(new, modified=now())
        _claim(run, new)
    run.snapshot.end(None, gone=[old] if old else (), new=new)
    run.show(Step(op="read", urn=urn, old=old, new=new), began)
    return new


def _claim(run: Run, new: Resource) -> None:
    with run.lock:
        if new.urn in run.news:
            raise EngineError(f"Duplicate resource URN '{new.urn}'; try giving it a unique name")
        run.news[new.urn] = new


def _read(run: Run, new: Resource) -> Resource:
    if is_unknown(new.id):
        return new
    found = run.registry.get(new.provider).read(new.urn, new.id, new.inputs, new.inputs)
    if found.outputs is None or not found.id:
        raise ProviderError(f"resource '{new.id}' does not exist")
    return replace(new, id=found.id, outputs=found.outputs)
