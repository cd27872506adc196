"""Neon's OpenAPI document as its API client ships it, and exchanges judged by it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError

from localcloud.neon.routes import ROUTES

DOCUMENT = Path(__file__).parent / "node_modules/@neondatabase/api-client/public-v2-for-users.gen.yaml"


def load_document() -> dict[str, Any]:
    """The document as JSON would have it: YAML alone reads statuses as numbers and times as dates."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time
    content = yaml.load(DOCUMENT.read_text(), Loader=loader)  # noqa: S506 - both are safe ones
    found: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return found


class Judge:
    """Validates requests and replies; ``address`` is where the stand-in answers, in place of Neon's own host.

    Of the document's paths it knows those that the stand-in serves: looking a path up among all takes most of the time.
    """

    def __init__(self, document: dict[str, Any], address: str) -> None:
        # Neon's document is taken as it is: what it says of itself is not ours to judge.
        config = Config(spec_validator_cls=None)
        served = {route.template: document["paths"][route.template] for route in ROUTES}
        whole = {**document, "paths": served, "servers": [{"url": f"{address}/api/v2"}]}
        self._api = OpenAPI.from_dict(whole, config=config)

    def faults(self, exchanges: Iterable[requests.Response]) -> list[str]:
        """What the document does not allow, of the requests and of their replies; empty when all is well.

        Many are the same, as those of polls are: each different one is looked at once.
        """
        seen = list(exchanges)
        asked = {(one.request.method, one.request.url, one.request.body): one for one in seen}
        answered = {(one.request.method, one.request.url, one.status_code, one.content): one for one in seen}
        found = (*map(self._request_fault, asked.values()), *map(self._reply_fault, answered.values()))
        return [fault for fault in found if fault]

    def _request_fault(self, one: requests.Response) -> str:
        try:
            self._api.validate_request(RequestsOpenAPIRequest(one.request))
        except OpenAPIError as error:
            return _told(one, error)
        return ""

    def _reply_fault(self, one: requests.Response) -> str:
        try:
            self._api.validate_response(RequestsOpenAPIRequest(one.request), RequestsOpenAPIResponse(one))
        except OpenAPIError as error:
            return _told(one, error)
        return ""


def _told(response: requests.Response, error: OpenAPIError) -> str:
    causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__ or error]
    what = "; ".join(
        f"{'.'.join(map(str, getattr(one, 'path', ())))}: {getattr(one, 'message', one)}" for one in causes
    )
    return f"{response.request.method} {response.request.path_url} {response.status_code}: {what}"
