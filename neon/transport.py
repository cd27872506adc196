"""One request to Neon, repeated where that is safe, with one deadline for all of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3.exceptions

from neon.errors import NeonRequestError, NeonUnreachable, Request, http_error
from neon.models import Json
from neon.retry import Pace, parse_retry_after, pause_before

DEFAULT_HOST = "https://console.neon.tech/api/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    api_key: str = field(repr=False)
    host: str = DEFAULT_HOST


class Transport:
    """Sends requests; safe to share between threads, each of which gets a session of its own.

    423, 429 and 503 are repeated for every method, as Neon documents; network errors and other 5xx for GET alone. A
    mutation whose outcome is open is raised with ``maybe_applied`` for the caller to settle by reading.
    """

    def __init__(self, credentials: Credentials, pace: Pace) -> None:
        self._credentials = credentials
        self._pace = pace
        self._local = threading.local()

    def send(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Json | None = None
    ) -> Json:
        deadline = self._pace.deadline(self._pace.call)
        attempt = 0
        while True:
            try:
                return self._once(Request(method=method, path=path, request_id=str(uuid.uuid4())), params, body)
            except NeonRequestError as error:
                pause = pause_before(error, attempt, pace=self._pace, left=deadline.left)
                if pause is None:
                    raise
            self._pace.sleep(pause)
            attempt += 1

    def _once(self, request: Request, params: Mapping[str, Any] | None, body: Json | None) -> Json:
        try:
            response = self._session().request(
                request.method,
                self._credentials.host + request.path,
                params=params,
                json=body,
                timeout=(self._pace.connect, self._pace.read),
                headers={"X-Request-ID": request.request_id},
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise _unreachable(request, self._credentials.host, error) from None
        return _read(request, response)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.headers["Authorization"] = f"Bearer {self._credentials.api_key}"
            session.headers["User-Agent"] = "nailit-environments"
            session.headers["Accept"] = "application/json"
        return session


def _unreachable(request: Request, host: str, error: requests.RequestException) -> NeonUnreachable:
    """``error``'s own text is left out: it quotes the whole URL and, for some faults, headers."""
    sent = not _failed_to_connect(error)
    what = "did not answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"
    return NeonUnreachable(
        f"Neon {what} at {host} ({type(error).__name__}): check the network and NEON_API_HOST",
        request=request,
        maybe_applied=sent and not request.reads_only,
        retryable=not sent or request.reads_only,
    )


def _failed_to_connect(error: requests.RequestException) -> bool:
    """Whether the request never left: only then may a mutation be sent again unseen."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)


def _read(request: Request, response: requests.Response) -> Json:
    data = _json(response)
    if response.ok:
        if data is None:
            raise NeonUnreachable(
                f"Neon's reply ({response.status_code}) is not JSON",
                request=request,
                maybe_applied=not request.reads_only,
                retryable=request.reads_only,
            )
        return data
    nested = (data or {}).get("error")
    said = nested if isinstance(nested, Mapping) else data or {}
    raise http_error(
        request,
        response.status_code,
        code=str(said.get("code") or ""),
        message=str(said.get("message") or ""),
        retry_after=parse_retry_after(response.headers.get("Retry-After")),
    )


def _json(response: requests.Response) -> Json | None:
    """The body as an object; an empty one (204) is an empty object."""
    if not response.content:
        return {}
    try:
        data = response.json()
    except ValueError:
        return None
    return data if isinstance(data, Mapping) else None
