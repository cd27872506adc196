"""Everything that can go wrong between this client and Neon, as one tree.

Retryability and "may it have been applied?" are decided here, once, where an error is made: the retry loop and the
callers that settle an open outcome only ask. No text of these errors holds a reply's body, a header or a connection
string; Neon's own ``message`` is quoted with anything that looks like a connection string taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Self

_CREDENTIALS = re.compile(r"postgres(?:ql)?://\S+(?: \S*@\S+)?", re.IGNORECASE)
_SECRETS = re.compile(r"(?:npg|napi)_\w+")  # passwords and API keys, as Neon makes them
_CALLED_PASSWORD = re.compile(r'(password"?\s*[=:]\s*)\S+', re.IGNORECASE)  # and those that somebody else made
_MESSAGE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked, without its body: enough to find it in Neon's logs."""

    method: str
    path: str
    request_id: str

    @property
    def reads_only(self) -> bool:
        return self.method == "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path} (request id {self.request_id})"


class NeonError(Exception):
    """The root: catch this to catch all that this package raises on purpose.

    ``request`` and ``status`` are None, ``code`` is empty, where no single request is to blame. ``maybe_applied`` is
    whether what was asked for may be there all the same, as a whole or in part.
    """

    request: Request | None = None
    status: int | None = None
    code: str = ""
    maybe_applied: bool = False

    def because_of(self, error: NeonError) -> Self:
        """This error with the request of ``error``, which is to blame for it."""
        self.request, self.status, self.code = error.request, error.status, error.code
        return self

    @property
    def method(self) -> str | None:
        return None if self.request is None else self.request.method

    @property
    def path(self) -> str | None:
        return None if self.request is None else self.request.path

    @property
    def request_id(self) -> str | None:
        return None if self.request is None else self.request.request_id


class NeonRefused(NeonError):
    """This client declines to act: what was asked would touch a branch that is not ours to touch, or lose data."""


class NeonNoProject(NeonRefused):
    """No such project for this API key: what does not show of it may be there all the same."""


class NeonNoEndpoint(NeonRefused):
    """The branch has no read-write endpoint: nothing can connect to it."""


class NeonNoDatabase(NeonRefused):
    """The branch has no such database, or no such role: nothing can connect by them."""


class NeonNotAnonymized(NeonRefused):
    """The branch holds data that is to be masked and is not: nothing may connect to it."""


class NeonRequestError(NeonError):
    """A request that did not succeed.

    ``maybe_applied`` is true where Neon may have carried it out all the same: its reply was lost, or was a 5xx other
    than 503. Such a request is settled by reading the state, never by sending it again unseen.
    """

    request: Request

    def __init__(
        self, text: str, *, request: Request, maybe_applied: bool, retryable: bool, status: int | None = None
    ) -> None:
        super().__init__(f"{text} [{request}]")
        self.request = request
        self.status = status
        self.maybe_applied = maybe_applied
        self.retryable = retryable


class NeonUnreachable(NeonRequestError):
    """No usable reply: refused, timed out, cut off, or not JSON."""


class NeonNotUnderstood(NeonRequestError):
    """A reply of success that lacks what Neon's reference promises."""


class NeonOvertaken(NeonRequestError):
    """Not sent again: what was asked for was there when the project would have let it in."""


class NeonHTTPError(NeonRequestError):
    """A reply with an error status. ``code`` is empty for most of them: decide on ``status`` first."""

    status: int
    unprocessed: ClassVar[bool] = False

    def __init__(
        self, text: str, *, request: Request, status: int, code: str = "", retry_after: float | None = None
    ) -> None:
        unsure = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE
        super().__init__(
            text,
            request=request,
            maybe_applied=unsure and not request.reads_only,
            retryable=self.unprocessed or status in _REFUSED_UNPROCESSED or (unsure and request.reads_only),
            status=status,
        )
        self.code = code
        self.retry_after = retry_after


class NeonUnauthorized(NeonHTTPError):
    """401 or 403: the API key is missing, wrong, or not allowed to do this."""


class NeonNoOrganization(NeonHTTPError):
    """400: with this API key Neon lists projects of a named organization only."""


class NeonNotFound(NeonHTTPError):
    """404: no such thing, or not for this key."""


class NeonConflict(NeonHTTPError):
    """409: the name is taken."""


class NeonPlanLimit(NeonHTTPError):
    """412, or any refusal with the code of a quota: the plan does not allow it, whatever the state."""


class NeonStateRefused(NeonHTTPError):
    """422 otherwise: the state of the branch, or what was asked, does not allow it."""


class NeonBusy(NeonHTTPError):
    """Refused for as long as something else is under way; nothing was carried out, so it may be sent again."""

    unprocessed = True
    meaning: ClassVar[str]


class NeonLocked(NeonBusy):
    """423: another operation holds the project."""

    meaning = "the Neon project is locked"


class NeonNotReady(NeonBusy):
    """422 for a branch that is still being made or reset."""

    meaning = "a branch of the Neon project is not ready yet"


class NeonOperationFailed(NeonError):
    """An operation that Neon accepted ended as failed, error or cancelled."""

    maybe_applied = True


class NeonAnonymizationFailed(NeonError):
    """Neon could not apply the masking rules of a branch, which is there."""

    maybe_applied = True


class NeonNotAsAsked(NeonError):
    """Neon reports a creation or a change of a branch as done, and the branch says otherwise."""

    maybe_applied = True


class NeonNotReset(NeonError):
    """Neon reports a reset as done, and the branch says otherwise."""

    maybe_applied = True


class NeonNotRotated(NeonError):
    """Neon reports a new password as set, and the old one is still there."""

    maybe_applied = True


class NeonTimeout(NeonError):
    """A deadline passed while waiting; what was waited for may still come true."""

    maybe_applied = True


class NeonUnseen(NeonTimeout):
    """Neon accepted a change and no longer tells what becomes of it."""


class NeonNotBegun(NeonTimeout):
    """A deadline passed before anything was asked for."""

    maybe_applied = False


_REFUSED_UNPROCESSED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def without_credentials(text: str) -> str:
    """``text`` on one line, at most 500 characters, with connection strings, passwords and API keys taken out."""
    without = _CREDENTIALS.sub("[connection string]", " ".join(text.split()))
    without = _CALLED_PASSWORD.sub(r"\1[secret]", without)
    printable = without.encode("utf-8", "replace").decode()
    return _SECRETS.sub("[secret]", printable)[:_MESSAGE_LIMIT]
