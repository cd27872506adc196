"""Neon's clock: what happens there goes by it, whatever this machine's says."""

from __future__ import annotations

from datetime import UTC, datetime

from neon.client import NeonClient
from neon.errors import NeonRefused
from neon.kept import moment
from neon.progress import Progress
from neon.retry import read_date

_FORM = "%Y-%m-%dT%H:%M:%SZ"
_WAITED = 5.0  # seconds that are waited for: what a machine's clock may be ahead by without anybody's fault


def seconds_ahead(wanted: str, date: str | None) -> float:
    """How far ``wanted`` (RFC 3339) is ahead of ``date``, a reply's header; 0 where that is no date."""
    there = read_date(date)
    return 0.0 if there is None else max(0.0, (moment(wanted) - there).total_seconds())


def time_there(client: NeonClient) -> str | None:
    """Neon's clock as of its last reply, RFC 3339 in whole seconds; None where it told none."""
    there = read_date(client.server_date)
    return None if there is None else there.astimezone(UTC).strftime(_FORM)


def now_there(client: NeonClient) -> datetime:
    """Neon's clock as of its last reply, and this machine's where that told none."""
    return read_date(client.server_date) or datetime.now(UTC)


def require_come(client: NeonClient, wanted: str, *, what: str) -> None:
    """Raises NeonRefused where ``wanted`` is too far ahead of Neon's clock, as of its last reply, to be waited for.

    ``what`` is that time's name.
    """
    ahead = seconds_ahead(wanted, client.server_date)
    if ahead > _WAITED:
        raise NeonRefused(
            f"{what} {wanted} is {ahead:.0f} s ahead of Neon's clock ({client.server_date}), so nothing that is done "
            f"now would be as new as that, and nothing was changed. This machine's clock says "
            f"{datetime.now(UTC).strftime(_FORM)}: correct it where it is wrong, set an earlier {what}, or run again "
            "when that time has come"
        )


def let_pass(client: NeonClient, wanted: str, *, what: str) -> None:
    """Returns when Neon's clock, as of its last reply, is not before ``wanted``; raises as ``require_come`` does."""
    require_come(client, wanted, what=what)
    ahead = seconds_ahead(wanted, client.server_date)
    if ahead:
        Progress(client.pace, f"{what} is {wanted}").tell("Neon's clock", ahead=ahead)
        client.pace.sleep(ahead)
