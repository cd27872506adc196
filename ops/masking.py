"""A build's log without what is secret in it: commands of the application print what they like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, urlsplit

MASK = "***"
_SHORTEST = 4  # characters; what is shorter is in every other word
# Up to the last @ of a word, for a password may hold one that is not encoded.
_PASSWORD = re.compile(r"(\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@]*:)(?:[^\s\"'`<>]+|\S+?)@", re.IGNORECASE)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """``text`` with `MASK` in place of each of ``secrets``, of each line of one, of the password in one that is an
    address, all of them also as an address encodes them, and of every password in an address of PostgreSQL."""
    found = {word for secret in secrets for word in _words(secret) if len(word) >= _SHORTEST}
    for word in sorted(found, key=len, reverse=True):
        text = text.replace(word, MASK)
    return _PASSWORD.sub(rf"\1{MASK}@", text)


def _words(secret: str) -> Iterator[str]:
    for part in (secret, *secret.splitlines(), _password(secret)):
        word = part.strip()
        yield from (word, quote(word, safe=""), unquote(word))


def _password(value: str) -> str:
    try:
        return urlsplit(value).password or ""
    except ValueError:  # no address, though it looks like one
        return ""
