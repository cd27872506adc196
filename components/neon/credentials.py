"""Where the Neon API key comes from: the environment, or a secret of the stack. Never an input of a resource."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping

from components.progress import tell
from neon.client import NeonClient
from neon.retry import Pace
from neon.transport import DEFAULT_HOST, Credentials

API_KEY, API_HOST, ORGANIZATION = "neon:apiKey", "neon:apiHost", "neon:orgId"


class MissingCredentials(Exception):
    """No API key anywhere, or none that can be one; or an organization's id that is none."""


def credentials(config: Callable[[str], str | None], environment: Mapping[str, str] | None = None) -> Credentials:
    """The key from NEON_API_KEY, else from the secret ``neon:apiKey``; address and organization from their neighbours.

    Raises MissingCredentials when there is no key, or one that no header could hold.
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
    host = env.get("NEON_API_HOST") or config(API_HOST) or DEFAULT_HOST
    organization = _organization(env.get("NEON_ORG_ID") or config(ORGANIZATION))
    return Credentials(api_key=key.strip(), host=host.rstrip("/"), organization=organization)


def deleted_project(environment: Mapping[str, str] | None = None) -> str | None:
    """The id of a Neon project that somebody deleted, as a person says: it is not found, and needs not be.

    From the environment alone: a destroy has the configuration of the last up.
    """
    return (os.environ if environment is None else environment).get("NEON_DELETED_PROJECT") or None


@functools.cache
def shared_client(found: Credentials, patience: float) -> NeonClient:
    """One client for a process, so that all its providers hold back one another's mutations.

    ``patience`` in seconds bounds each call with its repetitions.
    """
    return NeonClient(found, Pace(call=patience, say=tell))


def _organization(given: str | None) -> str | None:
    found = (given or "").strip()
    if found and not re.fullmatch(r"[a-z0-9-]{1,60}", found):
        raise MissingCredentials(
            "NEON_ORG_ID, or neon:orgId, is no organization's id: it looks like org-cool-sun-12345678"
        )
    return found or None
