"""What a worker is told to do, and what it tells back: lines of JSON on its standard input and output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from localcloud.errors import LocalcloudError

STOP = "stop"
"""The line that ends a job; the end of the input does so too, for then the stand-in has gone."""


STEPS: Final = ("BUILD", "DEPLOY", "VERIFY")
"""The steps of a job, in order."""


class BuildError(LocalcloudError):
    """A step of a job fails; the text is the reason that the API shows, and it holds no value of a variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One job. `environment` is all that its commands see; `commit` is empty for the branch's head.

    `fails_at` names the step that is to fail. All times are in seconds.
    """

    folder: str
    cache: str
    repository: str
    branch: str
    commit: str
    specification: str
    app_root: str
    environment: Mapping[str, str] = field(repr=False)
    fails_at: str = ""
    provisioning: float
    timeout: float

    @property
    def home(self) -> Path:
        return Path(self.folder)

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def from_line(line: str) -> Order:
    """The order that `to_line` wrote."""
    return Order(**json.loads(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened: a step's new status, or (without a step) the job's. `commit` is known once it is checked out."""

    status: str
    step: str = ""
    reason: str = ""
    commit: str = ""

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def event(line: str) -> Event:
    """The event that `to_line` wrote."""
    return Event(**json.loads(line))
