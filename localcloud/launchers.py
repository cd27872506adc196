"""The programs in <home>/bin, which goes first on PATH."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from localcloud.files import write_whole
from localcloud.home import Home
from localcloud.programs import MARK, first_real

MODULES = {
    "pulumi": "localcloud.warm.pulumi",
    "pulumi-resource-aws": "localcloud.warm.provider aws",
    "pulumi-resource-command": "localcloud.warm.provider command",
}


def write_launchers(home: Home, env: Mapping[str, str]) -> None:
    """Write the launchers; the one for `command` only where the real plugin is missing."""
    real_command = has_real_plugin("command", env)
    for name, module in MODULES.items():
        path = home.bin / name
        if name == "pulumi-resource-command" and real_command:
            path.unlink(missing_ok=True)
        else:
            _write(path, launcher(home, module))


def launcher(home: Home, module: str) -> str:
    """The shell script that runs one of localcloud's modules for this home."""
    return "\n".join(
        (
            "#!/bin/sh",
            f"# {MARK}, written anew at every `up`",
            f"export LOCALCLOUD_HOME={shlex.quote(str(home.root))}",
            f'exec {shlex.quote(sys.executable)} -P -m {module} "$@"',
            "",
        )
    )


def _write(path: Path, text: str) -> None:
    # An unchanged launcher is left alone: an engine may be starting it right now.
    if not path.exists() or path.read_text(encoding="utf-8") != text or not os.access(path, os.X_OK):
        write_whole(path, text, mode=0o700)


def has_real_plugin(package: str, env: Mapping[str, str]) -> bool:
    """Whether Pulumi would find a plugin of this package without us: on PATH, or among those it installed."""
    program = f"pulumi-resource-{package}"
    plugins = Path(env.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    installed = any(plugins.glob(f"resource-{package}-v*/{program}"))
    return installed or real_program(program, env.get("PATH", os.defpath)) is not None


def real_program(name: str, path: str) -> Path | None:
    """The first executable of this name on `path` that is not a launcher of ours (of any home)."""
    found = first_real(name, path)
    return None if found is None else Path(found)
