"""What a call of `pulumi` becomes, so that it never writes a tracked stack file. Pure.

The CLI saves a stack's settings (the salt of its secrets at the first use) in the stack file. Commands that know
`--config-file` get the composed copy; the others that would write are run in the folder of the copies, which the CLI
takes for the project's; the few that can do neither are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from localcloud.arguments import Invocation, elsewhere, read_arguments, without_flags
from localcloud.errors import LocalcloudError

CONFIGURED = frozenset(
    ["up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "import", "watch", "logs", "config"]
)
DESTROY = frozenset({"destroy", "down", "dn"})
NEW = frozenset({"new", "init", "create", "setup"})
REMOVE = frozenset({"rm", "remove", "delete"})
HELP = frozenset({"-h", "--help"})
REFUSED = {
    ("config", "cp"): "set the values one by one with `pulumi config set`",
    ("config", "copy"): "set the values one by one with `pulumi config set`",
    ("state", "move"): "destroy in one stack and create in the other",
    ("state", "mv"): "destroy in one stack and create in the other",
    ("stack", "migrate"): "make a new stack instead",
    ("do",): "use `pulumi up`",
}


class Making(Enum):
    """When the stack is made before the command."""

    NEVER = auto()
    IF_TRACKED = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """`copies` is the folder of the composed files, `file` the stack's own (empty without a stack).

    `selects` says whether the engine knows `stack select`.
    """

    copies: str
    file: str
    selects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Compose the stack's file, make the stack, run the steps while they succeed, then forget a stack that is gone."""

    steps: tuple[tuple[str, ...], ...]
    compose: bool = False
    making: Making = Making.NEVER
    forget: bool = False


def named_stack(call: Invocation, current: str | None) -> str | None:
    """The stack that the call is about, without organization and project; `current` is the selected one."""
    name = call.stack
    if call.words[:1] == ("stack",) and call.words[1:] and call.words[1] in {*NEW, *REMOVE, "select"}:
        name = call.names[0] if call.names else name
        current = current if call.words[1] in REMOVE else None
    return (name or current or "").rpartition("/")[2] or None


def plan(call: Invocation, stack: str | None, places: Places) -> Plan:
    """The plan for this call. Raises LocalcloudError for a command that could not but write a tracked file."""
    advice = REFUSED.get(call.words) or REFUSED.get(call.words[:1])
    if advice is not None and not call.flags & HELP:
        command = f"pulumi {' '.join(call.words)}"
        raise LocalcloudError(f"`{command}` would write a tracked stack file, so localcloud does not run it: {advice}")
    if call.flags & {*HELP, "--config-file"}:
        return Plan(steps=(call.argv,))
    if call.words[:1] == ("stack",):
        return _stack_plan(call, stack, places)
    if call.words and call.words[0] in CONFIGURED:
        return _configured_plan(call, stack, places)
    return Plan(steps=(call.argv,))


def _configured_plan(call: Invocation, stack: str | None, places: Places) -> Plan:
    if stack is None:
        # A terminal would be offered a choice of stacks here, whose tracked file the CLI would then write.
        return Plan(steps=(_insert(call, "--non-interactive"),))
    if call.words[0] in DESTROY and "--remove" in call.flags:
        # The CLI would remove the tracked file together with the stack.
        kept = read_arguments(without_flags(call, "--remove"))
        removing = ("stack", "rm", "-C", places.copies, stack, "--yes")
        return Plan(
            steps=(_insert(kept, "--config-file", places.file), removing),
            compose=True,
            making=Making.IF_TRACKED,
            forget=True,
        )
    return Plan(steps=(_insert(call, "--config-file", places.file),), compose=True, making=Making.IF_TRACKED)


def _stack_plan(call: Invocation, stack: str | None, places: Places) -> Plan:
    verb = call.words[1] if call.words[1:] else ""
    if verb in NEW:
        return _new_plan(call, stack, places)
    if verb == "select":
        creates = bool(call.flags & {"-c", "--create"})
        making = Making.ALWAYS if creates else Making.IF_TRACKED
        argv = without_flags(call, "-c", "--create")
        return Plan(steps=(argv,), compose=stack is not None, making=making if stack else Making.NEVER)
    if verb in REMOVE:
        # The stack's name is said once: as an argument, or by --stack.
        argv = elsewhere(call, places.copies) if call.names else _in_copies(call, stack, places)
        return Plan(steps=(argv,), forget=True)
    if verb == "rename":
        steps = [_in_copies(call, stack, places), *_select(call, call.names[-1] if call.names else None, places)]
        return Plan(steps=tuple(steps), compose=stack is not None, forget=True)
    if verb in {"change-secrets-provider", "history", "hist"}:
        return Plan(steps=(_in_copies(call, stack, places),), compose=stack is not None)
    return Plan(steps=(call.argv,))


def _new_plan(call: Invocation, stack: str | None, places: Places) -> Plan:
    steps = [elsewhere(call, places.copies)]
    if "--no-select" not in call.flags:
        steps += _select(call, stack, places)
    return Plan(steps=tuple(steps), compose=stack is not None)


def _select(call: Invocation, stack: str | None, places: Places) -> list[tuple[str, ...]]:
    """The selection belongs to the folder that the user is in, not to that of the copies."""
    folder = () if call.folder is None else ("-C", call.folder)
    return [("stack", "select", *folder, stack)] if stack and places.selects else []


def _in_copies(call: Invocation, stack: str | None, places: Places) -> tuple[str, ...]:
    argv = elsewhere(call, places.copies)
    return argv if call.stack or stack is None else (*argv, "--stack", stack)


def _insert(call: Invocation, *words: str) -> tuple[str, ...]:
    return (*call.words, *words, *call.argv[len(call.words) :])
