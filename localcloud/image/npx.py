"""`npx`: what the application has installed, else the stand-ins for Amplify's and Prisma's commands.

It installs nothing: a command that is neither is refused by name, where the real one would ask the registry.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from localcloud.image import _calls

_OPTIONS = frozenset({"-y", "--yes", "--no", "--no-install"})


def _ampx(arguments: list[str]) -> int:
    from localcloud.image.ampx import main  # boto3 takes a while, and only this command needs it

    return main(arguments)


def _prisma(arguments: list[str]) -> int:
    from localcloud.image.prisma import main

    return main(arguments)


_COMMANDS = {"ampx": _ampx, "prisma": _prisma}


def main(words: list[str]) -> int:
    """The status of the command that `words` name; it takes this process's place where the application has it."""
    while words and words[0] in _OPTIONS:
        words = words[1:]
    if not words:
        print("npx (stand-in): name a command", file=sys.stderr)
        return 1
    name, *arguments = words
    program = Path("node_modules/.bin", name)
    if program.exists():
        _calls.record(name, arguments, program=str(program))
        os.environ.pop(_calls.FILE, None)
        os.execv(program, [name, *arguments])  # noqa: S606 - the application's own command, as the real npx runs it
    if name not in _COMMANDS:
        known = ", ".join(sorted(_COMMANDS))
        print(f"npx (stand-in): no {name}: the application has not installed it, and here are {known}", file=sys.stderr)
        return 1
    return _COMMANDS[name](arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
