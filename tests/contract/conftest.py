"""The document, and a stand-in to hold it against."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import requests
from urllib3 import HTTPResponse

from tests.contract.document import DOCUMENT, Judge, load_document
from tests.localcloud.neon.conftest import server
from tests.localcloud.neon.driver import Server

__all__ = ["server"]


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    if not DOCUMENT.exists():
        pytest.skip("no API document of Neon's: `make test` fetches it where there is npm")
    return load_document()


@pytest.fixture
def judge(document: dict[str, Any], server: Server) -> Judge:
    return Judge(document, server.address)


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[requests.Response]:
    """Every request that goes out during the test, with its reply."""
    seen: list[requests.Response] = []
    send = requests.Session.send

    def recorded(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        reply = send(self, request, **options)
        # Read here, for the judge, and once more by whoever asked for it as a stream.
        reply.raw = HTTPResponse(body=BytesIO(reply.content), preload_content=False)
        seen.append(reply)
        return reply

    monkeypatch.setattr(requests.Session, "send", recorded)
    return seen
