"""`run`: a command in localcloud's environment, with as little in between as can be."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from localcloud.environment import given, merged
from localcloud.errors import LocalcloudError, NotUpError
from localcloud.home import Home, find_home
from localcloud.keys import read_keys
from localcloud.parts import Part, read_record


def settings(home: Home, parts: Sequence[Part], env: Mapping[str, str]) -> dict[str, str]:
    """What localcloud sets in a command's environment. Raises NotUpError when a part does not run."""
    records = {part.name: read_record(home, part.name) for part in parts}
    ports = {name: one.port for name, one in records.items() if one is not None and one.port and one.mark.alive()}
    missing = sorted(records.keys() - ports.keys())
    if missing:
        raise NotUpError(f"localcloud is not up in {home.root} (no {', '.join(missing)}): `python -m localcloud up`")
    return given(home, read_keys(home), ports, env)


def run(words: Sequence[str], parts: tuple[Part, ...], env: Mapping[str, str], folder: Path) -> int:
    """Become the command: its exit status and its signals are its own. Starts localcloud first when it is not up."""
    command = list(words[1:] if words[:1] == ["--"] else words)
    if not command:
        raise LocalcloudError("`run` needs a command: python -m localcloud run -- COMMAND ARGUMENTS", status=2)
    home = find_home(env, folder)
    whole = merged(env, _settings_or_up(home, parts, env, folder))
    program = shutil.which(command[0], path=whole["PATH"])
    if program is None:
        raise LocalcloudError(f"{command[0]}: no such command on PATH", status=127)
    sys.stdout.flush()
    try:
        os.execve(program, command, whole)  # noqa: S606
    except OSError as error:
        raise LocalcloudError(f"{program} cannot be run: {error.strerror}", status=126) from error


def _settings_or_up(home: Home, parts: tuple[Part, ...], env: Mapping[str, str], folder: Path) -> dict[str, str]:
    try:
        return settings(home, parts, env)
    except NotUpError:
        from localcloud.lifecycle import Site, bring_up

        site = Site(home=home, parts=parts, folder=folder, env=env, say=_say)
        _say("localcloud: not up yet")
        bring_up(site)
        return settings(home, parts, env)


def _say(line: str) -> None:
    print(line, file=sys.stderr)
