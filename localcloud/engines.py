"""Which engine runs the program: the Pulumi CLI when it is new enough, else the embedded one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.facts import remembered
from localcloud.home import Home, find_home
from localcloud.launchers import real_program

OLDEST = (3, 227)
VERSION_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """`program` starts the engine. `note` (empty mostly) says why the CLI that is there is not used."""

    name: str
    program: tuple[str, ...]
    cli: Path | None
    note: str


def choose_engine(home: Home, env: Mapping[str, str]) -> Engine:
    """The Pulumi CLI on PATH when it is new enough, else the embedded engine. Runs `pulumi version` once per CLI."""
    path = real_program("pulumi", env.get("PATH", os.defpath))
    version = None if path is None else remembered(home, "version of", path.resolve(), ask_version)
    return decide(path, version)


def decide(path: Path | None, version: str | None) -> Engine:
    """The choice, from what is known about the CLI."""
    parts = parse_version(version or "")
    if path is not None and parts is not None and parts >= OLDEST:
        return Engine(name=f"pulumi {version} ({path})", program=(str(path),), cli=path, note="")
    oldest = ".".join(map(str, OLDEST))
    found = f"{path} is version {version}" if parts else f"{path} does not tell its version"
    note = "" if path is None else f"localcloud: {found}, {oldest} or newer is needed: the embedded engine is used"
    embedded = (sys.executable, "-P", "-m", "localcloud.engine")
    return Engine(name="localcloud's embedded engine", program=embedded, cli=None, note=note)


def parse_version(text: str) -> tuple[int, int] | None:
    """Major and minor version; None when the text is no version."""
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None


def ask_version(path: Path) -> str:
    """What the CLI says of itself, without the `v`; empty when it says nothing that is a version."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [path, "version"], capture_output=True, text=True, timeout=VERSION_SECONDS, env=env, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"v?(\d+\.\d+\.\d+\S*)", answer.stdout)
    return found[1] if found else ""


def engine_name(env: Mapping[str, str] | None = None) -> str:
    """The engine that `pulumi` would be in localcloud's environment, with its version or path."""
    env = os.environ if env is None else env
    return choose_engine(find_home(env, Path.cwd()), env).name
