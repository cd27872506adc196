"""Which service a request is for, read from its SigV4 credential scope. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CREDENTIAL = re.compile(r"^AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who signed, and for what: `AKIA.../20260102/us-west-1/ssm/aws4_request`."""

    access_key: str
    region: str
    service: str


def read(authorization: str, query: Mapping[str, str]) -> Scope | None:
    """The scope in the Authorization header, else in a presigned query; None where there is neither."""
    match = _CREDENTIAL.match(authorization)
    credential = match.group(1) if match else query.get("X-Amz-Credential", "")
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request" or not all(parts):
        return None
    return Scope(access_key=parts[0], region=parts[2], service=parts[3].lower())
