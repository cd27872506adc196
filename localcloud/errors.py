"""What localcloud's commands say when they cannot go on."""

from __future__ import annotations


class LocalcloudError(Exception):
    """A command cannot go on; the text says what, where and what to do next. `status` is its exit status."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class NotUpError(LocalcloudError):
    """The command needs a running localcloud and there is none (exit status 3)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=3)
