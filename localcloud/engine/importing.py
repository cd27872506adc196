"""Taking over what exists already: the `import_` option."""

from __future__ import annotations

import time
from dataclasses import replace

from localcloud.engine.display import Step
from localcloud.engine.errors import ProviderError
from localcloud.engine.run import Run, with_secrets
from localcloud.engine.state import Resource, now


def import_existing(run: Run, new: Resource, old: Resource | None) -> Resource:
    """Read a resource by the id to import and put it into the state; an old one of another id awaits its deletion."""
    began = time.monotonic()
    begun = run.begin(new, "importing")
    try:
        imported = read_existing(run, new, new.import_id)
    except ProviderError:
        if begun is not None:
            run.snapshot.end(begun)
        raise
    if old is not None:
        run.snapshot.swap(old, delete=True)
    run.snapshot.end(begun, new=imported)
    run.show(Step(op="import", urn=new.urn, old=old, new=imported), began)
    return imported


def read_existing(run: Run, new: Resource, id_: str) -> Resource:
    """Ask the provider for a resource by its id alone; ProviderError when it is not there or cannot be imported."""
    provider = run.provider(new)
    if provider is None:
        raise ProviderError(f"{new.type} is a component and cannot be imported")
    read = provider.read(new.urn, id_, None, None)
    if not read.outputs:
        raise ProviderError(f"resource '{id_}' does not exist")
    if read.inputs is None:
        package = new.type.split(":", 1)[0]
        raise ProviderError(
            f"provider does not support importing resources; please try updating the '{package}' plugin"
        )
    found = replace(new, id=read.id or id_, inputs=read.inputs, outputs=read.outputs, created=now(), modified=now())
    return with_secrets(found)
