"""The steps that change one resource, and what each leaves in the state."""

from __future__ import annotations

import time
from dataclasses import replace

from localcloud.engine.display import Step, changed_keys
from localcloud.engine.errors import ProviderError
from localcloud.engine.provider import Change
from localcloud.engine.run import Run, with_secrets
from localcloud.engine.state import Operation, Resource, now
from localcloud.engine.values import UNKNOWN


class Steps:
    """Creates, updates, keeps and deletes, and records each in the state before it counts as done."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def keep(self, old: Resource, new: Resource) -> Resource:
        """Take over what has not changed; a provider keeps the inputs with which it works."""
        kept = replace(new, id=old.id, outputs=old.outputs, created=old.created, modified=old.modified, rest=old.rest)
        if kept.is_provider:
            self._run.registry.use(f"{kept.urn}::{kept.id}", old.inputs)
        kept = with_secrets(kept)
        self._run.snapshot.keep(old, kept)
        self._run.display.step(Step(op="same", urn=kept.urn, old=old, new=kept))
        return kept

    def create(self, new: Resource, *, replaced: Resource | None = None, pending: bool = False) -> Resource:
        """Create a resource; what it replaces leaves the state now, or waits there for its deletion when `pending`."""
        run, began = self._run, time.monotonic()
        new = replace(new, created=now(), modified=now())
        begun = run.begin(new, "creating")
        try:
            new = with_secrets(self._created(new))
        except ProviderError as error:
            if error.partial is not None:
                id_, outputs = error.partial
                partial = replace(new, id=id_, outputs=dict(outputs), init_errors=(str(error),))
                run.snapshot.end(begun, gone=() if pending or not replaced else [replaced], new=with_secrets(partial))
            else:
                self._give_up(begun)
            raise
        if replaced is not None and pending:
            run.snapshot.swap(replaced, delete=True)
        run.snapshot.end(begun, gone=[replaced] if replaced is not None and not pending else (), new=new)
        run.show(Step(op="create-replacement" if replaced else "create", urn=new.urn, old=replaced, new=new), began)
        return new

    def _created(self, new: Resource) -> Resource:
        provider = self._run.provider(new)
        if provider is None:
            return new
        id_, outputs = provider.create(new.urn, new.inputs, preview=self._run.preview)
        return replace(new, id=id_ if id_ != UNKNOWN or new.is_provider else "", outputs=outputs)

    def update(self, old: Resource, new: Resource, ignored: list[str]) -> Resource:
        """Update a resource in place."""
        run, began = self._run, time.monotonic()
        new = replace(
            new, id=old.id, created=old.created, modified=now(), outputs=old.outputs if not new.custom else {}
        )
        begun = run.begin(new, "updating")
        try:
            provider = run.provider(new)
            if provider is not None:
                change = Change(
                    urn=new.urn,
                    id=old.id,
                    old_inputs=old.inputs,
                    old_outputs=old.outputs,
                    inputs=new.inputs,
                    ignored=ignored,
                )
                new = replace(new, outputs=provider.update(change, preview=run.preview))
        except ProviderError as error:
            if error.partial is not None:
                partial = replace(new, outputs=dict(error.partial[1]), init_errors=(str(error),))
                run.snapshot.end(begun, gone=[old], new=with_secrets(partial))
            else:
                self._give_up(begun)
            raise
        new = with_secrets(new)
        run.snapshot.end(begun, gone=[old], new=new)
        keys = changed_keys(old.inputs, new.inputs)
        run.show(Step(op="update", urn=new.urn, old=old, new=new, changed_keys=keys), began)
        return new

    def delete(self, old: Resource, *, keep_mark: bool = False) -> None:
        """Delete a resource; with `keep_mark` it stays in the state as one that its replacement will follow."""
        run, began = self._run, time.monotonic()
        op = "discard" if old.external else "delete-replaced" if old.delete or keep_mark else "delete"
        if not run.preview:
            owned = old.managed and not old.external and not old.retain_on_delete
            begun = run.begin(old, "deleting") if owned else None
            try:
                provider = run.provider(old) if owned else None
                if provider is not None:
                    provider.delete(old.urn, old.id, old.inputs, old.outputs)
            except ProviderError:
                self._give_up(begun)
                raise
            if keep_mark:
                run.snapshot.swap(old, pending_replacement=True)
            run.snapshot.end(begun, gone=() if keep_mark else [old])
        run.show(Step(op=op, urn=old.urn, old=old), began)

    def _give_up(self, begun: Operation | None) -> None:
        """Forget an operation that failed; one cut short stays in the state, since its outcome is not known."""
        if begun is not None and not self._run.interrupted.is_set():
            self._run.snapshot.end(begun)
