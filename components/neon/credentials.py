"""Where the Neon API key comes from: the environment, or a secret of the stack. Never an input of a resource."""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests

from components.progress import tell
from neon.client import NeonClient
from neon.retry import Pace
from neon.transport import DEFAULT_HOST, Credentials

API_KEY, API_HOST, ORGANIZATION = "neon:apiKey", "neon:apiHost", "neon:orgId"


class MissingCredentials(Exception):
    """No API key anywhere, or none that can be one; or an address, or an organization's id, that is none."""


def credentials(config: Callable[[str], str | None], environment: Mapping[str, str] | None = None) -> Credentials:
    """The key from NEON_API_KEY, else from the secret ``neon:apiKey``; address and organization from their neighbours.

    Raises MissingCredentials when there is no key, or one that no header could hold, or no address that can be one.
    """
    env = os.environ if environment is None else environment
    key = env.get("NEON_API_KEY") or config(API_KEY)
    if not key:
        raise MissingCredentials(
            "there is no Neon API key: set NEON_API_KEY, or run `pulumi config set --secret neon:apiKey`"
        )
    if not key.strip().isascii() or not key.strip().isprintable():
        # Python's own error would quote the header, and with it the key.
        raise MissingCredentials(
            "the Neon API key holds a character that no key has (an ellipsis, a line break): copy it again into "
            "NEON_API_KEY or `pulumi config set --secret neon:apiKey`"
        )
    host = _address(env.get("NEON_API_HOST") or config(API_HOST) or DEFAULT_HOST)
    organization = _organization(env.get("NEON_ORG_ID") or config(ORGANIZATION))
    return Credentials(api_key=key.strip(), host=host, organization=organization)


def deleted_project(environment: Mapping[str, str] | None = None) -> str | None:
    """The id of a Neon project that somebody deleted, as a person says: it is not found, and needs not be.

    From the environment alone: a destroy has the configuration of the last up.
    """
    return (os.environ if environment is None else environment).get("NEON_DELETED_PROJECT") or None


def shared_client(found: Credentials, patience: float) -> NeonClient:
    """One client for a process, so that all its providers hold back one another's mutations.

    ``patience`` in seconds bounds each call with its repetitions.
    """
    with _MAKING:  # the cache alone lets each of the threads that come first make one
        return _client(found, patience)


_MAKING = threading.Lock()


@functools.cache
def _client(found: Credentials, patience: float) -> NeonClient:
    return NeonClient(found, Pace(call=patience, say=tell))


def _address(given: str) -> str:
    """Without a slash at its end. What is given is quoted nowhere: it may be a key in the wrong place."""
    found = given.strip().rstrip("/")
    try:
        parts = urlsplit(requests.Request("GET", found).prepare().url or "")
        (parts.hostname or "").encode("idna")  # as the network does, which refuses empty and long labels
    except (requests.RequestException, UnicodeError):
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.query or parts.fragment:
        raise MissingCredentials(
            f"NEON_API_HOST, or neon:apiHost, is no address that Neon can be asked at: it looks like {DEFAULT_HOST}, "
            "which is taken when it is left out"
        )
    return found


def _organization(given: str | None) -> str | None:
    found = (given or "").strip()
    if found and not re.fullmatch(r"[a-z0-9-]{1,60}", found):
        raise MissingCredentials(
            "NEON_ORG_ID, or neon:orgId, is no organization's id: it looks like org-cool-sun-12345678"
        )
    return found or None
