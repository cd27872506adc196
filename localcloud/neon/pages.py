"""Pages of lists, with cursors that name the last item of the page before."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from localcloud.neon import errors

Key = tuple[float, str] | tuple[str, str]
T = TypeVar("T")


def encode(key: Key, order: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *key]).encode()).decode().rstrip("=")


def decode(cursor: str, order: str) -> Key:
    """Raises 400 for a cursor that is not ours, or that belongs to another order."""
    try:
        kept, value, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise errors.bad_request("cursor: not a cursor of this list") from None
    if kept != order:
        raise errors.bad_request("cursor: belongs to a list in another order")
    return (value, name)


def page(
    items: Sequence[T], key: Callable[[T], Key], *, cursor: str | None, limit: int, order: str, descending: bool
) -> tuple[list[T], str | None]:
    """One page in order of `key`, and the cursor of the next page (None on the last one)."""
    ordered = sorted(items, key=key, reverse=descending)
    if cursor is not None:
        after = decode(cursor, order)
        try:
            ordered = [item for item in ordered if (key(item) < after if descending else key(item) > after)]
        except TypeError:
            raise errors.bad_request("cursor: not a cursor of this list") from None
    shown = ordered[:limit]
    return shown, encode(key(shown[-1]), order) if len(ordered) > limit else None
