"""What Neon answered: read whole, and turned into an object or an error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TypeVar

import requests
import urllib3.exceptions

from neon.errors import NeonNotUnderstood, NeonUnreachable, Request
from neon.models import Json
from neon.refusals import http_error
from neon.retry import parse_retry_after, read_date

T = TypeVar("T")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")  # anything else is none of Neon's, and may hold what is not to be printed
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}")


class Unfit(ValueError):
    """What is wrong with a reply of success, in words that may be told."""


class Unfinished(Unfit):
    """What a reply of success leaves out, and would have at another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One that has come to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_reply(response: requests.Response) -> Reply:
    """A streamed response to its end.

    Raises requests' ReadTimeout past the read timeout, ConnectionError for a reply that ends too early; the connection
    is kept for the next request only after a whole one.
    """
    try:
        body = response.raw.read(decode_content=True)
    except urllib3.exceptions.ReadTimeoutError:
        raise requests.ReadTimeout from None
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error) from None
    else:
        response.raw.release_conn()
    finally:
        response.close()
    return Reply(status=response.status_code, headers=response.headers, body=body)


def read_object(reply: Reply, request: Request, holding: str, read: Callable[[Json], T]) -> T:
    """What ``read`` makes of the reply's object; it raises as ``object_of``, and NeonNotUnderstood where that fails."""
    data = object_of(reply, request, holding)
    try:
        return read(data)
    except Unfinished as error:
        raise _unusable(reply, request, data, f"is not whole, for {error}") from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise NeonNotUnderstood(
            f"Neon's reply ({reply.status}) is not understood, for {_wrong(error)}: check NEON_API_HOST; where that is "
            "Neon's own, see whether there is a newer version of this program",
            request=_echoed(request, reply, data),
            maybe_applied=not request.reads_only,
            retryable=False,
            status=reply.status,
        ) from None


def _wrong(error: Exception) -> str:
    """Without what the reply holds."""
    if isinstance(error, Unfit):
        return str(error)
    return (
        f"it lacks the field {error}" if isinstance(error, KeyError) else f"a field is amiss ({type(error).__name__})"
    )


def object_of(reply: Reply, request: Request, holding: str) -> Json:
    """The reply's object, which has the key ``holding`` unless the reply is empty (204).

    Raises the error that the status stands for, and NeonUnreachable for what cannot be Neon's.
    """
    data = _json(reply)
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        if data is None or (holding not in data and reply.status != HTTPStatus.NO_CONTENT):
            raise _unusable(reply, request, data, "is not the JSON that its reference promises")
        return data
    nested = (data or {}).get("error")
    said = nested if isinstance(nested, Mapping) else data or {}
    code = str(said.get("code") or "")
    raise http_error(
        _echoed(request, reply, said),
        reply.status,
        code=code if _CODE.fullmatch(code) else "",
        message=str(said.get("message") or ""),
        retry_after=parse_retry_after(reply.headers.get("Retry-After"), now=read_date(reply.headers.get("Date"))),
    )


def _unusable(reply: Reply, request: Request, data: Json | None, why: str) -> NeonUnreachable:
    """The error for a reply of success that is as good as none, and that a look may ask for again."""
    return NeonUnreachable(
        f"Neon's reply ({reply.status}) {why}",
        request=_echoed(request, reply, data),
        maybe_applied=not request.reads_only,
        retryable=request.reads_only,
        status=reply.status,
    )


def _echoed(request: Request, reply: Reply, said: Json | None) -> Request:
    """The request under the id that Neon has it by: ours, unless Neon, or what is before it, gave it another."""
    given = str((said or {}).get("request_id") or reply.headers.get("X-Request-ID") or "")
    return replace(request, request_id=given) if _REQUEST_ID.fullmatch(given) else request


def _json(reply: Reply) -> Json | None:
    """The body as an object; an empty one (204) is an empty object."""
    if not reply.body:
        return {}
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, Mapping) else None
