"""What this engine does: the commands and flags that it takes, and what it knows of programs. The rest is refused."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "v3.260.0-embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the CLI: where it is handled, and what it takes.

    Flags are written `-x/--long` for a switch (which also takes `=true` or `=false`) and `-x/--long=` for one with a
    value; of the arguments, those in brackets may be left out.
    """

    handler: str
    flags: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    program: bool = False


EVERYWHERE = ("-s/--stack=", "-C/--cwd=", "--non-interactive", "--color=", "-e/--emoji", "--config-file=", "-h/--help")
_SHOWN = ("--diff", "--suppress-outputs", "--suppress-progress", "-p/--parallel=", "-j/--json")
_ASKED = ("-y/--yes", "-f/--skip-preview")
_EXPECT = "--expect-no-changes"
_UP = (*_SHOWN, *_ASKED, "-r/--refresh", _EXPECT)
_PREVIEW = (*_SHOWN, "-r/--refresh", _EXPECT)
_REFRESH = (*_SHOWN, *_ASKED, "--preview-only", _EXPECT, "--clear-pending-creates")
_DESTROY = (*_SHOWN, *_ASKED, "-r/--refresh", "--remove")
_OUTPUT = ("-j/--json", "--show-secrets")

COMMANDS = {
    "up": Command(handler="commands:up", flags=_UP, program=True),
    "preview": Command(handler="commands:preview", flags=_PREVIEW, program=True),
    "refresh": Command(handler="commands:refresh", flags=_REFRESH),
    "destroy": Command(handler="commands:destroy", flags=_DESTROY),
    "import": Command(
        handler="commands:import_", flags=(*_SHOWN, *_ASKED, "--protect"), arguments=("type", "name", "id")
    ),
    "cancel": Command(handler="stack_commands:cancel", flags=("-y/--yes",), arguments=("[name]",)),
    "stack init": Command(handler="stack_commands:init", arguments=("[name]",)),
    "stack ls": Command(handler="stack_commands:ls", flags=("-j/--json",)),
    "stack rm": Command(
        handler="stack_commands:rm", flags=("-y/--yes", "-f/--force", "--preserve-config"), arguments=("[name]",)
    ),
    "stack output": Command(handler="stack_commands:output", flags=_OUTPUT, arguments=("[name]",)),
    "stack export": Command(handler="stack_commands:export", flags=("--show-secrets", "--file=")),
    "stack import": Command(handler="stack_commands:import_", flags=("--file=",)),
    "config": Command(handler="config_commands:show", flags=_OUTPUT),
    "config set": Command(
        handler="config_commands:set_", flags=("--path", "--secret", "--plaintext"), arguments=("key", "[value]")
    ),
    "config get": Command(handler="config_commands:get", flags=("--path", "-j/--json"), arguments=("key",)),
    "config rm": Command(handler="config_commands:rm", flags=("--path",), arguments=("key",)),
    "state delete": Command(handler="state_commands:delete", flags=("-y/--yes", "-f/--force"), arguments=("urn",)),
    "state protect": Command(handler="state_commands:protect", flags=("-y/--yes",), arguments=("urn",)),
    "state unprotect": Command(handler="state_commands:unprotect", flags=("-y/--yes", "--all"), arguments=("[urn]",)),
    "version": Command(handler="cli:version"),
    "supported": Command(handler="cli:supported"),
}

_PROGRAMS = """\
Accepted without effect: --diff, --color, --emoji, --suppress-progress, --parallel (at most 16 steps run at once).
Environment: PULUMI_BACKEND_URL (file://DIR), PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, PULUMI_STACK,
PULUMI_OPTION_CONFIG_FILE, PULUMI_DEBUG (providers' whole tracebacks).
Programs: Python, `__main__.py` beside Pulumi.yaml (options.refresh; config with value, default and type), run by the
interpreter that runs the engine.
Resources: custom, component and dynamic resources, explicit and default providers, StackReference and other reads,
invokes, stack outputs. Providers: `pulumi-python`, and any `pulumi-resource-<package>` launcher on PATH.
Options: parent, depends_on, protect, ignore_changes, replace_on_changes, delete_before_replace, retain_on_delete,
aliases, additional_secret_outputs, import_, provider, version, custom_timeouts (ignored).
Refused by name: deleted_with, replace_with, replacement triggers, transforms, hooks, remote components, provider
methods (call), package parameters, policy packs, targets, plans, stack select, rename, history and tags, other
languages, other secrets providers, other backends, code generation by import, import of several resources."""


def text() -> str:
    """Give the list as `supported` prints it."""
    lines = [f"  {name:<16}{' '.join((*command.arguments, *command.flags))}" for name, command in COMMANDS.items()]
    everywhere = f"  {'(all of them)':<16}{' '.join(EVERYWHERE)}"
    return "\n".join([f"Pulumi's embedded stand-in {VERSION} supports:\n", *lines, everywhere, "", _PROGRAMS])
