"""The provider's own settings. Pure functions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from localcloud.providers.failures import ProviderError
from localcloud.providers.table import Failure
from localcloud.providers.values import Values

_TAKEN: Final = frozenset({"region", "allowedAccountIds", "defaultTags"})
_WITHOUT_EFFECT: Final = frozenset({"skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the provider works, for which accounts, and which tags it adds to everything."""

    region: str
    endpoint: str
    allowed_accounts: tuple[str, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)


def check(given: Values) -> list[Failure]:
    """Refuse what is not modelled, by name."""
    known = sorted(_TAKEN | _WITHOUT_EFFECT)
    unknown = [name for name in given if name not in known]
    reason = "'aws:{}' is not in this stand-in for pulumi-aws; it has " + ", ".join(known)
    found = [Failure(property=name, reason=reason.format(name)) for name in unknown]
    tags = given.get("defaultTags", {})
    if not isinstance(tags, Mapping) or set(tags) - {"tags"}:
        found.append(Failure(property="defaultTags", reason="'aws:defaultTags' is an object with the key 'tags' only"))
    return found


def read(given: Values, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings, from what the program gives and from the environment.

    Raises:
        ProviderError: without a region, or without a loopback AWS_ENDPOINT_URL, so that AWS itself is never called.
    """
    region = given.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise ProviderError("Missing region configuration: set aws:region in the stack, or AWS_REGION")
    return Settings(
        region=region,
        endpoint=_endpoint(environment.get("AWS_ENDPOINT_URL", "")),
        allowed_accounts=tuple(str(one) for one in _as_list(given.get("allowedAccountIds", []))),
        default_tags=given.get("defaultTags", {}).get("tags", {}),
    )


def _endpoint(address: str) -> str:
    if urlsplit(address).hostname not in _LOOPBACK:
        shown = address or "not set"
        text = "this stand-in for pulumi-aws needs AWS_ENDPOINT_URL on loopback"
        raise ProviderError(f"{text}, it is {shown}: run under `python -m localcloud run` or `env`")
    return address


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
