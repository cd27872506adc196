"""Lists in pages, as maxResults and nextToken ask for them. Pure functions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.aws.errors import bad_request

DEFAULT_SIZE = 10


def page(items: Sequence[Any], asked: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    """One page, and the `nextToken` member when more follow. A token is the place in the list, made opaque."""
    start = _place(str(asked["nextToken"])) if asked.get("nextToken") else 0
    stop = start + (asked.get("maxResults") or DEFAULT_SIZE)
    return list(items[start:stop]), ({"nextToken": _token(stop)} if stop < len(items) else {})


def _token(place: int) -> str:
    return base64.urlsafe_b64encode(f"place:{place}".encode()).decode()


def _place(token: str) -> int:
    try:
        word, _, number = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise bad_request("Value at 'nextToken' is not one that this service gave out") from error
    if word != "place" or not number.isdigit():
        raise bad_request("Value at 'nextToken' is not one that this service gave out")
    return int(number)
