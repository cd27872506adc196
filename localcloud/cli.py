"""The commands: up, down, status, reset, env, run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.errors import LocalcloudError
from localcloud.home import find_home, working_folder
from localcloud.parts import Part, standard_parts

if TYPE_CHECKING:
    import argparse


COMMANDS = {
    "up": "start the stand-ins, or what is missing of them, and seed them from the project's stack files",
    "down": "end every process of this localcloud; its data stays",
    "status": "show the parts (exit status 0 when all run, 3 when not)",
    "reset": "discard the cloud's state and the stacks together; up again when it was up",
    "env": "print the environment for `eval` in a shell",
    "run": "run a command in that environment: run -- COMMAND ARGUMENTS (up first when it is not)",
}


def main(argv: Sequence[str], parts: tuple[Part, ...] | None = None) -> int:
    """Run one command; its exit status: 0 good, 1 failed, 2 wrong usage, 3 not up. `run` has the command's own."""
    parts = standard_parts() if parts is None else parts
    env: Mapping[str, str] = dict(os.environ)
    try:
        folder = working_folder(env)
        if argv[:1] == ["run"] and argv[1:2] not in (["-h"], ["--help"]):
            from localcloud.running import run

            return run(argv[1:], parts, env, folder)
        return _other(argv, parts, env, folder)
    except LocalcloudError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:
        # The reader of our output has gone (`up | head`): what was to be done is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _other(argv: Sequence[str], parts: tuple[Part, ...], env: Mapping[str, str], folder: Path) -> int:
    # Imported here: `run` has no use for any of it.
    from localcloud import commands
    from localcloud.lifecycle import Site

    arguments = _parser().parse_args(argv or ["--help"])
    site = Site(home=find_home(env, folder), parts=parts, folder=folder, env=env, say=_say)
    chosen: dict[str, commands.Command] = {
        "up": commands.up,
        "down": commands.down,
        "status": commands.status,
        "env": commands.env,
    }
    if arguments.command == "reset":
        return commands.reset(site, yes=arguments.yes)
    return chosen[arguments.command](site)


def _parser() -> argparse.ArgumentParser:
    import argparse

    # Not typer: it would take a tenth of a second of every command.
    parser = argparse.ArgumentParser(
        prog="python -m localcloud",
        description="Local stand-ins for Neon, AWS and Pulumi's engine.",
        epilog="The home is LOCALCLOUD_HOME, else .localcloud beside the nearest Pulumi.yaml.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "reset":
            command.add_argument("--yes", "-y", action="store_true", help="do not ask")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr)
