"""One JSON document on disk, replaced as a whole, so that a kill leaves either the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path


class Snapshot:
    """A file of mode 0600 that survives the process. It is not synced to disk: a power cut may lose the last change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """The document last saved, or None before the first save."""
        return self._path.read_text() if self._path.exists() else None

    def save(self, document: str) -> None:
        draft = self._path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(document)
        draft.replace(self._path)
