from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from localcloud.providers.aws.clients import Clients


def test_an_error_has_one_class_for_all_threads_that_may_catch_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    clients, together = Clients(region="us-east-1", endpoint="http://127.0.0.1:9"), Barrier(4)

    def not_found() -> type[Exception]:
        together.wait(timeout=10)
        return clients.ssm.exceptions.ParameterNotFound

    with ThreadPoolExecutor(4) as threads:
        seen = [each.result() for each in [threads.submit(not_found) for _ in range(4)]]
    assert len(set(seen)) == 1
