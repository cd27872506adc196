"""When branches expire, and which may."""

from __future__ import annotations

from datetime import datetime

from localcloud.neon import errors
from localcloud.neon.records import Branch

LONGEST_SECONDS = 30 * 24 * 3600


def expiry_of(expires_at: datetime, now: float) -> tuple[float, int]:
    """The moment, and the seconds from now to it. Raises 400 for the past and for more than 30 days."""
    moment = expires_at.timestamp()
    if moment <= now:
        raise errors.bad_request("expires_at must be in the future")
    if moment > now + LONGEST_SECONDS:
        raise errors.bad_request("expires_at must be within 30 days")
    return moment, round(moment - now)


def may_expire(*, default: bool, protected: bool, is_parent: bool) -> None:
    if protected:
        raise errors.ApiError(
            400, "a protected branch cannot expire: unprotect it first", code="PROTECTED_BRANCH_EXPIRATION_NOT_ALLOWED"
        )
    if default:
        raise errors.bad_request("the default branch cannot expire")
    if is_parent:
        raise errors.bad_request("a branch that has child branches cannot expire")


def is_over(branch: Branch, now: float) -> bool:
    return branch.expires_at is not None and branch.expires_at <= now
