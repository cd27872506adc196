"""Looks at what a deployment left, judges it, and looks again at what may still become right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hosting.backend_state import read_backend, table_status
from hosting.backends import backend_stack
from hosting.clients import Aws
from hosting.elsewhere import Elsewhere, elsewhere_checks
from hosting.errors import HostingError
from hosting.jobs import Builds, Job
from hosting.lookups import branches_of
from hosting.patience import Clock, Patience, Told
from hosting.seen_outputs import newest_seen, seen_by
from hosting.verification import Check, apart_check, backend_check, failed, lasting, same_outputs_check, table_checks

_PATIENCE = 120.0  # seconds: tables and addresses follow a deployment within a minute
_UNASKED = "look at the address and where its name leads; check_address: false in the build settings has it not asked"
_TIMES = (5.0, 10.0)  # seconds to connect to an address, and for its answer


class NotAsExpected(HostingError):
    """What a deployment left was looked at, and is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an environment should have. ``stack`` is the backend that it uses, its own or that of the branch ``source``,
    empty for none; ``production`` must share nothing, and nobody may share with it. ``elsewhere`` are those in other
    apps that it must be apart from. ``address`` is asked when there is one. ``timeout`` in seconds bounds the wait for
    what may still become right, which is never longer than two minutes. ``environment`` is the Pulumi
    stack, for messages."""

    app_id: str
    branch: str
    stack: str = ""
    source: str = ""
    production: bool = False
    address: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    timeout: float = _PATIENCE
    environment: str = "STACK"


def verify(aws: Aws, expected: Expected, job: Job | None, clock: Clock) -> list[Check]:
    """All checks, as they are in the end. ``job`` is the newest that succeeded, if one did.

    Raises HostingError where nothing can be told.
    """
    seconds, told, checks = min(_PATIENCE, expected.timeout), Told.from_now(clock), list[Check]()
    patience = Patience.of(seconds, clock)
    for _ in patience.looks():
        checks = patience.insist(lambda: list(_checks(aws, expected, job)))
        if not any(check.passing for check in checks):
            break
        told.say("; ".join(check.problem or "" for check in checks if check.passing))
    return [lasting(check, seconds) for check in checks]


def require_verified(aws: Aws, expected: Expected, job: Job, clock: Clock) -> None:
    """Raises NotAsExpected with every check that failed, and another HostingError where nothing can be told.

    What could not be looked at is said, and fails nothing.
    """
    checks = verify(aws, expected, job, clock)
    for check in checks:
        if not check.known:
            clock.say(check.what)
    wrong = failed(checks)
    if wrong:
        what = "; ".join(check.problem or "" for check in wrong)
        raise NotAsExpected(
            f"the deployment of {expected.branch} is not as it should be: {what}. Mend it and run `pulumi up` again, "
            f"look again with `python -m ops verify {expected.environment}`, or go back with `python -m ops rollback "
            f"{expected.environment}`"
        )


def _checks(aws: Aws, expected: Expected, job: Job | None) -> Iterator[Check]:
    if expected.stack:
        yield from _backend_checks(aws, expected, None if job is None else job.started)
    if expected.source and job is not None:
        mine = seen_by(aws, Builds(app_id=expected.app_id, branch=expected.branch), job)
        yield same_outputs_check(mine, newest_seen(aws, expected.app_id, expected.source))
    if expected.address:
        yield address_check(expected.address)


def _backend_checks(aws: Aws, expected: Expected, since: datetime | None) -> Iterator[Check]:
    backend = read_backend(aws, expected.stack)
    yield backend_check(expected.stack, backend, since, shared=bool(expected.source))
    if backend is None:
        return
    yield from table_checks({table.id: table_status(aws, table.id) for table in backend.tables})
    for branch in _to_be_apart(aws, expected):
        other = read_backend(aws, backend_stack(expected.app_id, branch))
        if other is not None:
            yield apart_check(backend, branch, other)
    yield from elsewhere_checks(aws, backend, expected.elsewhere)


def _to_be_apart(aws: Aws, expected: Expected) -> list[str]:
    """Branches whose backend must be apart from this one: production's, or all others when this is production."""
    others = [one for one in branches_of(aws, expected.app_id) if one.name != expected.branch]
    return [one.name for one in others if expected.production or one.stage == "PRODUCTION"]


def address_check(address: str) -> Check:
    """Whether somebody answers there: anything below 500 does, for a site may ask for a password."""
    import requests  # every build starts a process that needs none of it

    what = f"{address} answers"
    try:
        with requests.get(address, timeout=_TIMES, stream=True) as reply:
            status = reply.status_code
    except requests.RequestException as error:
        return Check(
            what=what, problem=f"{address} does not answer ({type(error).__name__})", passing=True, then=_UNASKED
        )
    if status >= 500:
        return Check(what=what, problem=f"{address} answers {status}", passing=True, then=_UNASKED)
    return Check(what=f"{address} answers {status}")
