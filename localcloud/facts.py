"""Answers that cost time to find, kept with the stamp of the file that they were read from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.files import read_json, stamp, write_json
from localcloud.home import Home


def remembered(home: Home, kind: str, source: Path, find: Callable[[Path], Any]) -> Any:
    """`find(source)`, or its last answer while the source's modification time and size are the same.

    An empty answer is not kept: the next call asks again. Raises OSError when the source is not there.
    """
    key = f"{kind} {source}"
    now = stamp(source)
    facts = read_json(home.facts)
    entry = facts.get(key)
    if isinstance(entry, dict) and entry.get("stamp") == now:
        return entry["answer"]
    answer = find(source)
    if answer and home.root.is_dir():
        write_json(home.facts, {**facts, key: {"stamp": now, "answer": answer}})
    return answer
