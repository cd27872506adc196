"""The control API."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from tests.localcloud.aws.server import Server


def test_health_names_the_process(aws: Server) -> None:
    found = aws.control("GET", "health")
    assert found == {"ok": True, "account": "123456789012", "pid": aws.process.pid}


def test_a_seed_makes_what_is_missing_and_leaves_what_exists(aws: Server, amplify: Any, ssm: Any) -> None:
    name = f"seed-{uuid.uuid4().hex[:8]}"
    seed = {"apps": [{"name": name}], "parameters": [{"name": f"/{name}/KEY", "value": "first"}]}
    first = aws.control("PUT", "seed", seed)
    amplify.update_app(appId=first["apps"][0]["appId"], description="by hand")
    seed["parameters"] = [{"name": f"/{name}/KEY", "value": "second"}]
    assert aws.control("PUT", "seed", seed) == first
    assert amplify.get_app(appId=first["apps"][0]["appId"])["app"]["description"] == "by hand"
    found = ssm.get_parameter(Name=f"/{name}/KEY", WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Version"], found["Type"]) == ("first", 1, "SecureString")


def test_a_seeded_app_can_build(aws: Server, amplify: Any) -> None:
    found = aws.control("PUT", "seed", {"apps": [{"name": f"seed-{uuid.uuid4().hex[:8]}"}]})
    app_id = found["apps"][0]["appId"]
    amplify.create_branch(appId=app_id, branchName="main")
    assert amplify.start_job(appId=app_id, branchName="main", jobType="RELEASE")["jobSummary"]["jobId"] == "1"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("settings", {"job_second": 1}, "job_second"),
        ("settings", {"job_seconds": 0}, "job_seconds"),
        ("settings", {"fail_next_job": {"d1/main": "LUNCH"}}, "LUNCH"),
        ("seed", {"app": []}, "app"),
        ("seed", {"parameters": [{"name": "/x"}]}, "parameters.0.value"),
        ("nothing", {}, "nothing"),
    ],
)
def test_what_the_control_api_does_not_know_is_named(aws: Server, path: str, body: dict[str, Any], said: str) -> None:
    response = requests.put(f"{aws.address}/_localcloud/{path}", json=body, timeout=5)
    assert response.status_code in (400, 404)
    assert said in response.json()["message"]


def test_control_calls_are_not_in_the_journal(aws: Server) -> None:
    before = len(aws.journal())
    aws.control("GET", "health")
    assert aws.journal(before) == []
