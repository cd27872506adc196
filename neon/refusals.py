"""What a reply with an error status means, and what to do about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from neon.errors import (
    NeonConflict,
    NeonHTTPError,
    NeonLocked,
    NeonNoOrganization,
    NeonNotFound,
    NeonNotReady,
    NeonPlanLimit,
    NeonStateRefused,
    NeonUnauthorized,
    Request,
    without_credentials,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that plans limit, as the end of "your plan does not allow", and what to do instead."""

    what: str
    remedy: str


_COMPUTE_TIME = "wait for the next billing period"
_SUSPEND = Limit(what="this suspend time", remedy="take suspend out of the compute settings")
_SIZE = Limit(what="this compute size", remedy="set a smaller compute, or leave it out")
_UNNAMED = Limit(what="this", remedy="take the setting that Neon names out of the settings")

# The codes that Neon's quotas answer with, mostly as 422.
QUOTAS: Mapping[str, Limit] = {
    "PROJECTS_LIMIT_EXCEEDED": Limit(what="more projects", remedy="delete one that nobody needs"),
    "BRANCHES_LIMIT_EXCEEDED": Limit(
        what="more branches", remedy="delete some that nobody needs, such as those that resets have kept"
    ),
    "ROOT_BRANCHES_LIMIT_EXCEEDED": Limit(
        what="more root branches",
        remedy="delete one that nobody needs; a copy of the schema alone is a root branch too",
    ),
    "BRANCHES_PROTECTED_LIMIT_EXCEEDED": Limit(
        what="more protected branches",
        remedy="take protected out of the database settings, or protection off another branch",
    ),
    "ACTIVE_ENDPOINTS_LIMIT_EXCEEDED": Limit(
        what="more computes that run at the same time", remedy="let some suspend, or set shorter suspend times"
    ),
    "ENDPOINTS_LIMIT_EXCEEDED": Limit(what="more computes", remedy="delete the compute of a branch that needs none"),
    "BRANCH_SIZE_LIMIT_EXCEEDED_THRESHOLD": Limit(
        what="so much data in a branch", remedy="delete data that is not needed"
    ),
    "NON_PRIMARY_BRANCH_COMPUTE_TIME_EXCEEDED": Limit(
        what="more compute time for branches other than the default one", remedy=_COMPUTE_TIME
    ),
    "COMPUTE_TIME_EXCEEDED": Limit(what="more compute time", remedy=_COMPUTE_TIME),
    "DATA_TRANSFER_LIMIT_EXCEEDED": Limit(what="more data transfer", remedy=_COMPUTE_TIME),
    "ROLES_LIMIT_EXCEEDED": Limit(what="more roles on the branch", remedy="drop one that nobody needs"),
    "DATABASES_LIMIT_EXCEEDED": Limit(what="more databases on the branch", remedy="drop one that nobody needs"),
}

# A 412 has no code: what it is about stands in its message alone.
_SETTINGS: tuple[tuple[str, Limit], ...] = (
    (r"suspend", _SUSPEND),
    (r"autoscal|compute|\bcu\b", _SIZE),
    (r"protect", QUOTAS["BRANCHES_PROTECTED_LIMIT_EXCEEDED"]),
    (r"expir", Limit(what="branches that expire", remedy="take ttl out of the database settings")),
)

_BY_STATUS: Mapping[int, type[NeonHTTPError]] = {
    401: NeonUnauthorized,
    403: NeonUnauthorized,
    404: NeonNotFound,
    409: NeonConflict,
    412: NeonPlanLimit,
    422: NeonStateRefused,
    423: NeonLocked,
}
_ADVICE: Mapping[type[NeonHTTPError] | int, str] = {
    401: "Neon does not accept the API key: set NEON_API_KEY, or the secret neon:apiKey, to a key of the account",
    403: "the Neon API key may not do this: use a key with access to the project",
    NeonNoOrganization: "Neon lists this API key's projects by organization only: set NEON_ORG_ID, or neon:orgId with "
    "`pulumi config set neon:orgId org-...`, to the organization's id (in Neon's console, below its settings)",
    NeonLocked: NeonLocked.meaning,
    NeonNotReady: NeonNotReady.meaning,
    NeonStateRefused: "Neon refuses this",
}
_NO_PASSWORDS = "the Neon project does not store passwords: turn their storage on in its settings"


def http_error(
    request: Request, status: int, *, code: str = "", message: str = "", retry_after: float | None = None
) -> NeonHTTPError:
    """The error for a reply, of the class that callers catch, with a sentence for people."""
    kind = _kind(status, code, message)
    text = _sentence(kind, status, code, without_credentials(message))
    return kind(text, request=request, status=status, code=code, retry_after=retry_after)


def _kind(status: int, code: str, message: str) -> type[NeonHTTPError]:
    said = message.lower()
    if code in QUOTAS:
        return NeonPlanLimit
    if status == HTTPStatus.BAD_REQUEST and "org_id is required" in said:
        return NeonNoOrganization
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and "branch not ready yet" in said:
        return NeonNotReady
    return _BY_STATUS.get(status, NeonHTTPError)


def _sentence(kind: type[NeonHTTPError], status: int, code: str, message: str) -> str:
    said = ": ".join(part for part in (str(status), code, message) if part)
    if kind is NeonPlanLimit:
        return _plan_sentence(code, message, said)
    advice = _ADVICE.get(kind) or _ADVICE.get(status)
    return f"{advice} ({said})" if advice else f"Neon answered {said}"


def _plan_sentence(code: str, message: str, said: str) -> str:
    if "password" in message.lower():
        return f"{_NO_PASSWORDS} ({said})"
    limit = QUOTAS.get(code) or next((known for words, known in _SETTINGS if re.search(words, message, re.I)), _UNNAMED)
    return f"your plan does not allow {limit.what}: {limit.remedy}, or take a larger plan ({said})"
