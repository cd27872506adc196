"""What an Amplify Gen 2 backend is made of, read from its TypeScript by a few words. Pure but for reading files.

Not read: anything but defineAuth, defineData with its models, and defineStorage with its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MODEL = re.compile(r"(\w+)\s*:\s*a\s*\.\s*model\s*\(")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Which parts there are; `models` each have a table."""

    auth: bool
    data: bool
    storage: bool
    models: tuple[str, ...]


def read(folder: Path) -> Definition | None:
    """The definition in `folder`, the application's `amplify`; None without a backend in it."""
    if not any((folder / f"backend.{end}").is_file() for end in ("ts", "js", "mjs")):
        return None
    return parse("\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.[tjm]*s"))))


def parse(text: str) -> Definition:
    code = _COMMENT.sub("", text)
    return Definition(
        auth="defineAuth(" in code,
        data="defineData(" in code,
        storage="defineStorage(" in code,
        models=tuple(sorted(set(_MODEL.findall(code)))) if "defineData(" in code else (),
    )
