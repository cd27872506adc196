"""One request to Neon, repeated where that is safe, with one deadline for all of it."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from neon.bounded import BoundedAdapter
from neon.errors import NeonBusy, NeonHTTPError, NeonRequestError, NeonUnreachable, Request
from neon.models import Json
from neon.progress import Progress
from neon.replies import Reply, read_object, read_reply
from neon.retry import Deadline, Pace, pause_before

T = TypeVar("T")
DEFAULT_HOST = "https://console.neon.tech/api/v2"
_LEAST = 1.0  # seconds that a request is given, however little is left: the last look of a wait must not fail for that


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """``organization`` is the id of the one whose projects are meant, where the key alone does not tell."""

    api_key: str = field(repr=False)
    host: str = DEFAULT_HOST
    organization: str | None = None


class _Bearer(AuthBase):
    """The key as each request's header. Without an ``auth`` of its own a session would take one from ~/.netrc."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


class Transport:
    """Sends requests; safe to share between threads, each of which gets a session of its own.

    429 and 503 are repeated for every method, as Neon documents; network errors and other 5xx for GET alone. A mutation
    whose outcome is open is raised with ``maybe_applied`` for the caller to settle by reading, one that found the
    project busy as NeonBusy for the caller to wait for what is in its way.
    """

    def __init__(self, credentials: Credentials, pace: Pace) -> None:
        self._credentials = credentials
        self._pace = pace
        self._local = threading.local()
        self.server_date: str | None = None  # of the last reply that had one

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Json | None = None,
        holding: str,
        read: Callable[[Json], T],
        until: Deadline | None = None,
    ) -> T:
        """What ``read`` makes of the reply's object, which has the key ``holding`` unless the reply is empty (204).

        ``until`` is the deadline with all repetitions, ``pace.call`` seconds from now when it is left out.
        """
        deadline = until or self._pace.deadline(self._pace.call)
        progress = Progress(self._pace, "it is asked again until there is one that counts")
        for attempt in itertools.count():
            request = Request(method=method, path=path, request_id=str(uuid.uuid4()))
            try:
                return read_object(self._once(request, params, body, deadline), request, holding, read)
            except NeonRequestError as error:
                busy = isinstance(error, NeonBusy) and not request.reads_only
                pause = None if busy else pause_before(error, attempt, pace=self._pace, left=deadline.left)
                if pause is None:
                    raise
                progress.tell(f"Neon's answer to {method} {path} ({_said(error)})", ahead=pause)
            self._pace.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, request: Request, params: Mapping[str, Any] | None, body: Json | None, deadline: Deadline) -> Reply:
        try:
            connect, read = self._timeouts(request, deadline)
            response = self._session().request(
                request.method,
                self._credentials.host + request.path,
                params=params,
                json=body,
                timeout=(connect, read),
                headers={"X-Request-ID": request.request_id},
                allow_redirects=False,
                stream=True,
            )
            self.server_date = response.headers.get("Date", self.server_date)
            return read_reply(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _unreachable(request, self._credentials.host, error) from None

    def _timeouts(self, request: Request, deadline: Deadline) -> tuple[float, float]:
        """For the connection and the reply. A mutation's reply is worth the wait: without it the outcome is open."""
        left = max(_LEAST, deadline.left)
        return min(self._pace.connect, left), min(self._pace.read, left) if request.reads_only else self._pace.read

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            for scheme in ("http://", "https://"):
                session.mount(scheme, BoundedAdapter())
            session.auth = _Bearer(self._credentials.api_key)
            session.headers["User-Agent"] = "nailit-environments"
            session.headers["Accept"] = "application/json"
        return session


def _said(error: NeonRequestError) -> str:
    return f"so far {error.status}" if isinstance(error, NeonHTTPError) else "so far none"


_Fault = requests.RequestException | urllib3.exceptions.HTTPError
_NO_ADDRESS = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    urllib3.exceptions.LocationValueError,  # which requests lets through
)


def _unreachable(request: Request, host: str, error: _Fault) -> NeonUnreachable:
    """``error``'s own text is left out: it quotes the whole URL and, for some faults, headers."""
    if isinstance(error, _NO_ADDRESS):
        return NeonUnreachable(
            f"nothing can be asked at {host} ({type(error).__name__}): correct NEON_API_HOST, or the address of the "
            "proxy in this machine's settings",
            request=request,
            maybe_applied=False,
            retryable=False,
        )
    sent = not _failed_to_connect(error)
    what = "did not answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"
    return NeonUnreachable(
        f"Neon {what} at {host} ({type(error).__name__}): check the network and NEON_API_HOST",
        request=request,
        maybe_applied=sent and not request.reads_only,
        retryable=not sent or request.reads_only,
    )


def _failed_to_connect(error: _Fault) -> bool:
    """Whether the request never left: only then may a mutation be sent again unseen."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)
