"""Backends of the same project in other Amplify apps, as its stack files name them: production must be apart from them.

What the credentials at hand do not see, such as an app in another account or region, is said and not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from hosting.backend_state import Backend, read_backend
from hosting.backends import backend_stack
from hosting.clients import Aws
from hosting.lookups import app_with_id, apps_named
from hosting.verification import Check, apart_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The environment ``stack`` with a backend of its own in an app that is known by one of ``app_id`` and ``app``, its
    name."""

    stack: str
    branch: str
    app: str = ""
    app_id: str = ""


def as_text(others: Iterable[Elsewhere]) -> str:
    """For an environment variable."""
    return json.dumps([asdict(one) for one in others])


def from_text(text: str) -> tuple[Elsewhere, ...]:
    """What `as_text` made."""
    return tuple(Elsewhere(**one) for one in json.loads(text))


def elsewhere_checks(aws: Aws, mine: Backend, others: Iterable[Elsewhere]) -> Iterator[Check]:
    """A check for each of the others."""
    for other in others:
        found = [read_backend(aws, backend_stack(app_id, other.branch)) for app_id in _app_ids(aws, other)]
        there = [backend for backend in found if backend is not None]
        whose = f"{other.branch} in the app {other.app or other.app_id} (stack {other.stack})"
        if not there:
            what = f"not known whether anything is shared with the backend of {whose}: none in this account and region"
            yield Check(what=what, known=False)
        yield from (apart_check(mine, whose, backend) for backend in there)


def _app_ids(aws: Aws, other: Elsewhere) -> list[str]:
    """Several where the name is not one app's."""
    if other.app:
        return [app.id for app in apps_named(aws, other.app)]
    app = app_with_id(aws, other.app_id)
    return [] if app is None else [app.id]
