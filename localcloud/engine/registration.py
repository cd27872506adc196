"""What becomes of a registration: which old resource it continues, and what has to be done about it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

from localcloud.engine.errors import EngineError, StepFailedError
from localcloud.engine.goals import Goal
from localcloud.engine.importing import import_existing
from localcloud.engine.paths import contains, ignore_changes, parse
from localcloud.engine.provider import Change, Checked, Diff, Provider
from localcloud.engine.replacing import Replacer
from localcloud.engine.run import Run
from localcloud.engine.state import PROVIDER_PREFIX, Resource
from localcloud.engine.steps import Steps
from localcloud.engine.values import Props, redact, same


class Registrar:
    """Handles registrations, many at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._steps = Steps(run)
        self._replacer = Replacer(run, self._steps)
        self._goals: dict[str, Goal] = {}
        self._taken: dict[str, str] = {}
        self._found_as: dict[str, str] = {}
        self._one_at_a_time: dict[str, threading.Lock] = {}

    def register(self, goal: Goal) -> Resource:
        """Bring one resource to the state that the program wants; StepFailedError after a failure was reported."""
        goal = self._inherit(goal)
        urn = self._run.naming.urn(goal.parent, goal.type, goal.name)
        with self._run.reporting(urn):
            old = self._claim(urn, goal)
            done = self._settle(urn, goal, old)
        with self._run.lock:
            self._run.news[urn] = done
        return done

    def _inherit(self, goal: Goal) -> Goal:
        above = self._goals.get(goal.parent)
        if above is None:
            return goal
        protect = above.protect if goal.protect is None else goal.protect
        retain = above.retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete
        return replace(goal, protect=protect, retain_on_delete=retain)

    def _claim(self, urn: str, goal: Goal) -> Resource | None:
        run = self._run
        with run.lock:
            if urn in self._goals:
                raise EngineError(
                    f"Duplicate resource URN '{urn}'; try giving it a unique name\n"
                    f"(type {goal.type}, name '{goal.name}')"
                )
            self._goals[urn] = goal
            candidates = run.naming.candidates(goal.parent, goal.type, goal.name, goal.aliases, self._found_as)
            olds = run.olds()
            found = next((name for name in [urn, *candidates] if name in olds), None)
            if found is None or found == urn:
                return olds.get(urn)
            if found in self._goals or found in self._taken:
                raise EngineError(f"Duplicate resource alias '{found}' applied to resource with URN '{urn}'")
            self._taken[found] = urn
            self._found_as[urn] = found
            run.snapshot.renamed[found] = urn
            return olds[found]

    def _settle(self, urn: str, goal: Goal, old: Resource | None) -> Resource:
        run = self._run
        new = goal.resource(urn)
        provider = run.provider(new)
        if provider is not None and goal.import_id and _wants_import(goal, old):
            old = import_existing(run, new, old)
        recreating = self._replacer.take_deleted(urn)
        if old is None or recreating or old.external:
            new = replace(new, inputs=self._checked(provider, urn, goal, {}, goal.inputs))
            return self._steps.create(new, replaced=old, pending=bool(old and old.external and not recreating))
        inputs = ignore_changes(goal.inputs, old.inputs, list(goal.ignore_changes))
        new = replace(new, inputs=self._checked(provider, urn, goal, old.inputs, inputs))
        diff = _with_replace_on_changes(self._diff(provider, old, new), goal)
        if (diff.changed and diff.replace) or old.pending_replacement:
            new = replace(new, inputs=self._checked(provider, urn, goal, {}, goal.inputs))
            return self._replacer.replace(goal, old, new, diff)
        if diff.changed or old.init_errors:
            return self._steps.update(old, new, list(goal.ignore_changes))
        return self._steps.keep(old, new)

    def _checked(self, provider: Provider | None, urn: str, goal: Goal, olds: Props, news: Props) -> Props:
        if provider is None:
            return news
        checked: Checked = provider.check(urn, olds, news)
        if not checked.failures:
            return checked.inputs
        for name, reason in checked.failures:
            value = json.dumps(redact(checked.inputs.get(name)))
            about = f"property {name} value {value} has a problem: " if name else ""
            self._run.fail(
                urn, f"{goal.type} resource '{goal.name}'{':' if name else ' has a problem:'} {about}{reason}"
            )
        raise StepFailedError(urn)

    def _diff(self, provider: Provider | None, old: Resource, new: Resource) -> Diff:
        if bool(old.provider) != bool(new.provider) or (
            new.provider and self._run.registry.config_replaces(self._known_as(old.provider), new.provider)
        ):
            return Diff(changed=True, replace=True, replace_paths=(("provider",),))
        if provider is None:
            return Diff(changed=not same(old.inputs, new.inputs))
        return provider.diff(
            Change(
                urn=new.urn,
                id=old.id,
                old_inputs=old.inputs,
                old_outputs=old.outputs,
                inputs=new.inputs,
                ignored=list(new.ignore_changes),
            )
        )

    def _known_as(self, reference: str) -> str:
        urn, _, id_ = reference.rpartition("::")
        return f"{self._taken.get(urn, urn)}::{id_}"

    def default_provider(self, package: str, version: str, download_url: str) -> str:
        """Give the reference of a package's default provider, registering it when it is first asked for."""
        name = "_".join(["default", *version.split("+")[0].split("-")[0].split(".")]) if version else "default"
        urn = self._run.naming.urn("", PROVIDER_PREFIX + package, name)
        with self._run.lock:
            alone = self._one_at_a_time.setdefault(urn, threading.Lock())
        with alone:
            if urn not in self._run.news:
                inputs = self._provider_inputs(package, version, download_url)
                self.register(Goal(type=PROVIDER_PREFIX + package, name=name, custom=True, inputs=inputs))
            return f"{urn}::{self._run.news[urn].id}"

    def _provider_inputs(self, package: str, version: str, download_url: str) -> Props:
        inputs = self._run.package_inputs(package)
        if version:
            inputs |= {"__internal": {}, "version": version}
        return inputs | ({"__internal": {"pluginDownloadURL": download_url}} if download_url else {})


def _wants_import(goal: Goal, old: Resource | None) -> bool:
    return old is None or old.external or (old.import_id or old.id) != goal.import_id


def _with_replace_on_changes(diff: Diff, goal: Goal) -> Diff:
    patterns = [parse(pattern) for pattern in goal.replace_on_changes]
    forced = tuple(path for path in diff.paths if any(contains(pattern, path) for pattern in patterns))
    if not diff.changed or not forced:
        return diff
    return replace(diff, replace=True, replace_paths=(*diff.replace_paths, *forced))
