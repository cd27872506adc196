"""Neon's OpenAPI document as its API client ships it, and exchanges judged by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError

DOCUMENT = Path(__file__).parent / "node_modules/@neondatabase/api-client/public-v2-for-users.gen.yaml"


def load_document() -> dict[str, Any]:
    """The document as JSON would have it: YAML alone reads statuses as numbers and times as dates."""
    content = yaml.safe_load(DOCUMENT.read_text())
    found: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return found


class Judge:
    """Validates requests and replies; ``address`` is where the stand-in answers, in place of Neon's own host."""

    def __init__(self, document: dict[str, Any], address: str) -> None:
        # Neon's document is taken as it is: what it says of itself is not ours to judge.
        config = Config(spec_validator_cls=None)
        self._api = OpenAPI.from_dict({**document, "servers": [{"url": f"{address}/api/v2"}]}, config=config)

    def faults(self, response: requests.Response) -> list[str]:
        """What the document does not allow, of the request and of its reply; empty when all is well."""
        asked, answered = RequestsOpenAPIRequest(response.request), RequestsOpenAPIResponse(response)
        found = []
        try:
            self._api.validate_request(asked)
        except OpenAPIError as error:
            found.append(_told(response, error))
        try:
            self._api.validate_response(asked, answered)
        except OpenAPIError as error:
            found.append(_told(response, error))
        return found


def _told(response: requests.Response, error: OpenAPIError) -> str:
    causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__ or error]
    what = "; ".join(
        f"{'.'.join(map(str, getattr(one, 'path', ())))}: {getattr(one, 'message', one)}" for one in causes
    )
    return f"{response.request.method} {response.request.path_url} {response.status_code}: {what}"
