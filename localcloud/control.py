"""The parts' control addresses: health, seeds."""

from __future__ import annotations

import http.client
import json
from typing import Any

from localcloud.errors import LocalcloudError


def healthy(port: int, seconds: float) -> bool:
    """Whether the part on this loopback port says within `seconds` that it is well."""
    try:
        status, answer = _call(port, "GET", "/_localcloud/health", None, seconds)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return status == 200 and isinstance(answer, dict) and answer.get("ok") is True


def put_seed(name: str, port: int, seed: dict[str, Any], seconds: float = 30.0) -> None:
    """Have the part make what is missing of the seed. Raises LocalcloudError with the part's own words."""
    try:
        status, answer = _call(port, "PUT", "/_localcloud/seed", json.dumps(seed), seconds)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LocalcloudError(f"{name} did not take its seed: {error}: try `python -m localcloud up` again") from error
    if status >= 300:
        raise LocalcloudError(f"{name} refused its seed ({status}): {str(answer)[:500]}")


def _call(port: int, method: str, path: str, body: str | None, seconds: float) -> tuple[int, Any]:
    # http.client and not requests: loopback must never go through a proxy, and it is there at once.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()
