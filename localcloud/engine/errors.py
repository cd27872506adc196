"""The engine's errors, each with the exit code that the Pulumi CLI has for it."""

from __future__ import annotations

OK = 0
ERROR = 1
CONFIGURATION = 2
STACK_NOT_FOUND = 6
UNEXPECTED_CHANGES = 7
CANCELLED = 8


class EngineError(Exception):
    """What ends a command: one message for the user and an exit code."""

    def __init__(self, message: str, code: int = ERROR) -> None:
        super().__init__(message)
        self.code = code


class UnsupportedError(EngineError):
    """Something that the Pulumi CLI has and this engine has not."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not supported by the embedded engine; `python -m localcloud.engine supported` lists what is, "
            "and a Pulumi CLI (3.227 or newer) on PATH does the rest",
            CONFIGURATION,
        )


class ProviderError(Exception):
    """A provider refused or failed; `partial` holds what it had made by then, as (id, outputs), if it said so."""

    def __init__(self, message: str, partial: tuple[str, dict[str, object]] | None = None) -> None:
        super().__init__(message)
        self.partial = partial


class StepFailedError(Exception):
    """A step failed and has been reported already."""


class Cancelled(BaseException):
    """A signal asked the engine to end."""
