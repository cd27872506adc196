"""Small files that are either whole or absent: JSON notes, launchers, stack files."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace the file in one step, so that a reader or a kill never meets half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in the file; empty when there is no file or no object in it."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write the JSON object in one step (mode 0600)."""
    write_whole(path, json.dumps(content, indent=1) + "\n")


def stamp(path: Path) -> list[int]:
    """What changes when the file does: modification time in nanoseconds and size. Raises OSError without the file."""
    status = path.stat()
    return [status.st_mtime_ns, status.st_size]
