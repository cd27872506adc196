"""Replacement: the new before the old goes, or the old, and what would have to be replaced with it, first."""

from __future__ import annotations

import time
from dataclasses import replace as changed

from localcloud.engine.display import Step, changed_keys
from localcloud.engine.errors import EngineError
from localcloud.engine.goals import Goal
from localcloud.engine.ordering import dependents
from localcloud.engine.paths import contains, parse
from localcloud.engine.provider import Change, Diff
from localcloud.engine.run import Run
from localcloud.engine.state import Resource
from localcloud.engine.steps import Steps
from localcloud.engine.values import UNKNOWN


class Replacer:
    """Carries out replacements and remembers what was deleted early because of them."""

    def __init__(self, run: Run, steps: Steps) -> None:
        self._run = run
        self._steps = steps
        self._deleted: set[str] = set()

    def take_deleted(self, urn: str) -> bool:
        """Whether a resource was deleted early and is now to be made again."""
        with self._run.lock:
            was = urn in self._deleted
            self._deleted.discard(urn)
            return was

    def replace(self, goal: Goal, old: Resource, new: Resource, diff: Diff) -> Resource:
        """Replace a resource; EngineError when protection or an `import_` forbids it."""
        run, began = self._run, time.monotonic()
        if old.protect and new.protect:
            raise EngineError(
                f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the '
                "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
            )
        if goal.import_id:
            raise EngineError(
                "previously-imported resources that still specify an ID may not be replaced; please remove the "
                "`import` declaration from your program"
            )
        first = diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
        if first or old.pending_replacement:
            old = self._clear_the_way(old)
        keys = tuple(dict.fromkeys(str(path[0]) for path in diff.replace_paths if path))
        step = Step(
            op="replace",
            urn=new.urn,
            old=old,
            new=new,
            changed_keys=changed_keys(old.inputs, new.inputs),
            replace_keys=keys,
        )
        made = self._steps.create(new, replaced=old, pending=not first and not old.pending_replacement)
        run.show(changed(step, new=made), began)
        return made

    def _clear_the_way(self, old: Resource) -> Resource:
        if old.pending_replacement:
            return old
        for dependent in reversed(self._swept_along(old)):
            if dependent.protect:
                raise EngineError(
                    f'unable to replace resource "{dependent.urn}" as part of replacing "{old.urn}" as it is currently '
                    "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in "
                    "your Pulumi program and run `pulumi up`, or use the command:\n"
                    f"`pulumi state unprotect '{dependent.urn}'`"
                )
        for dependent in reversed(self._swept_along(old)):
            self._steps.delete(dependent, keep_mark=True)
            with self._run.lock:
                self._deleted.add(dependent.urn)
        self._steps.delete(old, keep_mark=True)
        return old if self._run.preview else self._run.olds()[old.urn]

    def _swept_along(self, root: Resource) -> list[Resource]:
        """List, in dependency order, the resources that the replacement of `root` would replace."""
        replaced = {root.urn}
        found = []
        for resource in dependents(root, self._run.snapshot.base):
            seen = resource.urn in self._run.news or resource.urn in self._deleted or resource.pending_replacement
            if not seen and not resource.delete and self._would_be_replaced(resource, replaced):
                replaced.add(resource.urn)
                found.append(resource)
        return found

    def _would_be_replaced(self, resource: Resource, replaced: set[str]) -> bool:
        if not resource.custom or resource.external:
            return False
        if resource.provider.rpartition("::")[0] in replaced:
            return True
        unknown = {
            k for k, urns in resource.property_dependencies.items() if replaced & set(urns)
        } & resource.inputs.keys()
        provider = self._run.provider(resource)
        if not unknown or provider is None:
            return False
        change = Change(
            urn=resource.urn,
            id=resource.id,
            old_inputs=resource.inputs,
            old_outputs=resource.outputs,
            inputs=resource.inputs | dict.fromkeys(unknown, UNKNOWN),
            ignored=list(resource.ignore_changes),
        )
        diff = provider.diff(change)
        patterns = [parse(p) for p in resource.replace_on_changes]
        forced = any(contains(pattern, path) for pattern in patterns for path in diff.paths)
        return diff.changed and (diff.replace or forced)
