"""What a run shows: a line for each step, then diagnostics, outputs and a summary; or one digest in JSON."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from localcloud.engine.state import PROVIDER_PREFIX, Resource, dump_resource
from localcloud.engine.values import Props, is_unknown, redact, same

SIGNS = {
    "create": "+ ",
    "update": "~ ",
    "delete": "- ",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "read": "> ",
    "refresh": "~ ",
    "import": "= ",
    "discard": "< ",
}
_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "create-replacement": "created replacement",
    "delete-replaced": "deleted original",
    "read": "read",
    "refresh": "refreshed",
    "import": "imported",
    "discard": "discarded",
}
_COUNTED = ("create", "update", "delete", "replace", "import", "same")
_IN_DIGEST = (*_COUNTED, "refresh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that was done, or would be, to one resource."""

    op: str
    urn: str
    old: Resource | None = None
    new: Resource | None = None
    changed_keys: tuple[str, ...] = ()
    replace_keys: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    severity: str
    urn: str
    message: str


@dataclass(slots=True, kw_only=True)
class Display:
    """Collects and prints the course of one operation; safe to use from many threads."""

    title: str
    root: str
    preview: bool
    quiet: bool = False
    suppress_outputs: bool = False
    steps: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    _lock: Any = field(default_factory=threading.Lock)

    def start(self) -> None:
        self._say(f"{self.title}:")

    def step(self, step: Step) -> None:
        """Take note of a step and show it, unless it is a resource that stays as it is."""
        with self._lock:
            self.steps.append(step)
            if step.op not in ("same", "create-replacement") and not _of_provider(step.urn):
                self._say(self._line(step))

    def tell(self, severity: str, urn: str, message: str) -> None:
        """Take note of a message, to be printed at the end; one that tells of progress is printed at once, too."""
        found = Diagnostic(severity=severity, urn=urn or self.root, message=message.strip("\n"))
        with self._lock:
            self.diagnostics.append(found)
            if severity == "info":
                self._say(f"    {label(found.urn)}: {found.message}")

    def summary(self) -> dict[str, int]:
        """Count resources by what happened to them, as the CLI does: a replacement once, providers and reads never."""
        return dict(Counter(s.op for s in self.steps if s.op in _COUNTED and not _of_provider(s.urn)))

    def changes(self) -> bool:
        return any(op != "same" for op in self.summary())

    def finish(self, outputs: Props | None, old_outputs: Props) -> None:
        """Print what there is to say at the end."""
        if self.diagnostics:
            self._say("Diagnostics:")
            for urn in dict.fromkeys(d.urn for d in self.diagnostics):
                self._say(f"  {label(urn)}:")
                for found in (d for d in self.diagnostics if d.urn == urn):
                    prefix = f"{found.severity}: " if found.severity != "info" else ""
                    self._say("\n".join(f"    {line}" for line in f"{prefix}{found.message}".splitlines()))
            self._say("")
        failed = any(found.severity == "error" for found in self.diagnostics)
        if outputs is not None and not self.suppress_outputs and not (failed and self.preview):
            self._outputs(outputs, old_outputs)
        self._totals()

    def digest(self, config: dict[str, str]) -> dict[str, Any]:
        """Give the run as the CLI's `preview --json` does; secrets are never in it."""
        return {
            "config": config,
            "steps": [_digest_step(s) for s in self.steps if s.op in _IN_DIGEST and not _of_provider(s.urn)],
            "diagnostics": [
                {
                    "message": (f"{d.severity}: " if d.severity != "info" else "") + d.message + "\n",
                    "severity": d.severity,
                }
                | ({"urn": d.urn} if d.urn != self.root else {})
                for d in self.diagnostics
            ],
            "duration": int((time.monotonic() - self.began) * 1e9),
            "changeSummary": self.summary(),
        }

    def _say(self, text: str) -> None:
        if self.quiet:
            return
        try:
            print(text, flush=True)
        except BrokenPipeError:  # whoever read it has gone; the deployment goes on
            self.quiet = True

    def _line(self, step: Step) -> str:
        kind, name = step.urn.split("::")[2].split("$")[-1], step.urn.rsplit("::", 1)[-1]
        verb = step.op if self.preview else f"{_DONE[step.op]} ({step.seconds:.1f}s)"
        notes = ""
        if step.changed_keys and step.op in ("update", "replace", "create-replacement"):
            notes = f"  [diff: {','.join(step.changed_keys)}]"
        if step.op == "refresh":
            verb = "gone" if step.new is None else "changed outside of Pulumi"
        return f" {SIGNS[step.op]} {kind}  {name}  {verb}{notes}"

    def _outputs(self, outputs: Props, old: Props) -> None:
        if not outputs and not old:
            return
        self._say("Outputs:")
        width = max(map(len, [*outputs, *old]))
        for key in sorted(outputs.keys() | old.keys()):
            sign = " " if same(outputs.get(key), old.get(key)) else "~"
            sign = "+" if key not in old else "-" if key not in outputs else sign
            value = outputs.get(key, old.get(key))
            shown = "[unknown]" if is_unknown(value) else json.dumps(redact(value), ensure_ascii=False)
            self._say(f"  {sign} {key:<{width}} : {shown}")
        self._say("")

    def _totals(self) -> None:
        counts = self.summary()
        self._say("Resources:")
        for op in _COUNTED[:-1]:
            if counts.get(op):
                verb = f"to {op}" if self.preview else _DONE[op]
                self._say(f"    {SIGNS[op].strip()} {counts[op]} {verb}")
        errors = len({d.urn for d in self.diagnostics if d.severity == "error"})
        changed = sum(count for op, count in counts.items() if op != "same")
        lead = f"{changed} change{'s' if changed != 1 else ''}. " if changed else ""
        if counts.get("same") or not changed:
            self._say(f"    {lead}{counts.get('same', 0)} unchanged")
        if errors:
            self._say(f"    {errors} errored")
        self._say("" if self.preview else f"\nDuration: {max(1, round(time.monotonic() - self.began))}s\n")


def label(urn: str) -> str:
    return f"{urn.split('::')[2].split('$')[-1]} ({urn.rsplit('::', 1)[-1]})"


def _of_provider(urn: str) -> bool:
    return urn.split("::")[2].startswith(PROVIDER_PREFIX)


def changed_keys(old: Props, new: Props) -> tuple[str, ...]:
    """Name the inputs that differ, with the CLI's signs."""
    result = []
    for key in sorted(old.keys() | new.keys()):
        if not same(old.get(key), new.get(key)):
            result.append(f"{'+' if old.get(key) is None else '-' if new.get(key) is None else '~'}{key}")
    return tuple(result)


def _digest_step(step: Step) -> dict[str, Any]:
    result: dict[str, Any] = {"op": step.op, "urn": step.urn}
    present = step.new or step.old
    if present is not None and present.provider:
        result["provider"] = present.provider
    for key, state in (("oldState", step.old), ("newState", step.new)):
        if state is not None:
            shown = replace(state, inputs=redact(state.inputs), outputs=redact(state.outputs))
            result[key] = dump_resource(shown, None)
    if step.replace_keys:
        result["replaceReasons"] = list(step.replace_keys)
    if step.changed_keys:
        result["diffReasons"] = [key.lstrip("+-~") for key in step.changed_keys]
    return result | {"detailedDiff": None}
