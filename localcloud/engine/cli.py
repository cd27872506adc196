"""The command line: the Pulumi CLI's names and flags for what is supported, a refusal by name for everything else."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from localcloud.engine.crypto import head_start
from localcloud.engine.errors import CANCELLED, CONFIGURATION, OK, Cancelled, EngineError, UnsupportedError
from localcloud.engine.supported import COMMANDS, EVERYWHERE, VERSION, Command, text


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code; what goes wrong is one message on standard error."""
    try:
        return _run(arguments)
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except EOFError:
        print("error: the input ended before an answer was given: nothing was done", file=sys.stderr)
        return CONFIGURATION
    except BrokenPipeError:
        mute()
        return OK
    except (Cancelled, KeyboardInterrupt):
        print("error: the operation was cancelled; what had been done is in the state", file=sys.stderr)
        return CANCELLED


def mute() -> None:
    """Whoever read the output has gone: what is still printed goes nowhere, and what is under way goes on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _run(arguments: list[str]) -> int:
    name, options = parse(arguments)
    if options.help:
        return supported(options, os.environ)
    if options.cwd:
        os.chdir(options.cwd)
    command = COMMANDS[name]
    module, _, function = command.handler.partition(":")
    options.keeper = head_start(options.config_file, os.environ)
    if command.program:
        return _with_program(module, function, options)
    return int(getattr(import_module(f"localcloud.engine.{module}"), function)(options, os.environ))


def _with_program(module: str, function: str, options: Namespace) -> int:
    """Start the program's process first: it loads the SDK, which takes longest, while this one gets ready."""
    from localcloud.engine.plugins import Program

    folder = next((f for f in (Path.cwd(), *Path.cwd().parents) if (f / "Pulumi.yaml").is_file()), None)
    program = Program(folder, os.environ, lambda _: None) if folder is not None else None
    try:
        return int(getattr(import_module(f"localcloud.engine.{module}"), function)(options, os.environ, program))
    finally:
        if program is not None:
            program.stop()


def parse(arguments: list[str]) -> tuple[str, Namespace]:
    """Read a command line as the CLI does, flags anywhere; UnsupportedError names what is not known."""
    words, flags = _split(arguments)
    pair = " ".join(words[:2])
    name = pair if pair in COMMANDS else words[0] if words else ""
    if not words and any(flag in ("-h", "--help") for flag, _ in flags):
        name = "supported"
    if name not in COMMANDS:
        raise UnsupportedError(f"the command '{pair or '(none)'}'")
    command = COMMANDS[name]
    options = _defaults(command)
    _set_flags(options, name, command, flags)
    _set_arguments(options, name, command, words[len(name.split()) :])
    return name, options


def _split(arguments: list[str]) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Part words from flags; which flags take a value is known from all commands together."""
    valued = {part for spec in _all_flags() if spec.endswith("=") for part in spec.rstrip("=").split("/")}
    words: list[str] = []
    flags: list[tuple[str, str | None]] = []
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words.extend(rest)
        elif word.startswith("--"):
            flag, has_value, value = word.partition("=")
            flags.append((flag, value if has_value else next(rest, None) if flag in valued else None))
        elif word.startswith("-") and len(word) > 1:
            flags.extend(_short(word, rest, valued))
        else:
            words.append(word)
    return words, flags


def _short(word: str, rest: Iterator[str], valued: set[str]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    letters = word[1:]
    while letters:
        flag, letters = f"-{letters[0]}", letters[1:]
        if letters.startswith("="):
            return [*found, (flag, letters[1:])]
        if flag in valued:
            return [*found, (flag, letters or next(rest, None))]
        found.append((flag, None))
    return found


def _all_flags() -> set[str]:
    return {spec for command in COMMANDS.values() for spec in command.flags} | set(EVERYWHERE)


def _defaults(command: Command) -> Namespace:
    options = Namespace(json=False, suppress_outputs=False, expect_no_changes=False, yes=False)
    for spec in (*EVERYWHERE, *command.flags):
        setattr(options, _attribute(spec), None if spec.endswith("=") or "refresh" in spec else False)
    if "--protect" in command.flags:
        options.protect = True
    return options


def _attribute(spec: str) -> str:
    return spec.rstrip("=").split("/")[-1].lstrip("-").replace("-", "_")


def _set_flags(options: Namespace, name: str, command: Command, flags: list[tuple[str, str | None]]) -> None:
    specs = {part: spec for spec in (*EVERYWHERE, *command.flags) for part in spec.rstrip("=").split("/")}
    for flag, value in flags:
        spec = specs.get(flag)
        if spec is None:
            raise UnsupportedError(f"the flag '{flag}' of `pulumi {name}`")
        if spec.endswith("=") and value is None:
            raise EngineError(f"flag needs an argument: {flag}", CONFIGURATION)
        if not spec.endswith("=") and value not in (None, "true", "false"):
            raise EngineError(f'invalid argument "{value}" for "{flag}": true or false is expected', CONFIGURATION)
        setattr(options, _attribute(spec), value if spec.endswith("=") else value != "false")


def _set_arguments(options: Namespace, name: str, command: Command, words: list[str]) -> None:
    required = [argument for argument in command.arguments if not argument.startswith("[")]
    if not len(required) <= len(words) <= len(command.arguments):
        wanted = " ".join(command.arguments).upper() or "no arguments"
        raise EngineError(f"`pulumi {name}` takes {wanted}, and was given {len(words)} words", CONFIGURATION)
    for argument, word in zip(command.arguments, [*words, *[None] * len(command.arguments)], strict=False):
        setattr(options, argument.strip("[]"), word)


def version(options: Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 - the handlers' signature
    print(VERSION)
    return OK


def supported(options: Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001
    print(text())
    return OK
