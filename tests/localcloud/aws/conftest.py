"""One server for all tests of the session; each test has an app of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.localcloud.aws.server import Server, running


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("aws") / "state") as server:
        server.control("PUT", "settings", {"job_seconds": 0.2, "most_jobs": 50})
        yield server


@pytest.fixture(scope="session")
def amplify(aws: Server) -> Any:
    return aws.client("amplify")


@pytest.fixture(scope="session")
def ssm(aws: Server) -> Any:
    return aws.client("ssm")


@pytest.fixture
def app_id(aws: Server) -> str:
    return aws.new_app()
