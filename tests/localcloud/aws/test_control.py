"""The control API."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from hosting.backends import backend_stack
from tests.localcloud.aws.server import Server


def test_health_names_the_process_and_counts_the_requests(aws: Server) -> None:
    found = aws.control("GET", "health")
    heard = len(aws.control("GET", "journal")["entries"])
    assert found == {"ok": True, "account": "123456789012", "pid": aws.process.pid, "journal": heard}


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


def test_a_seeded_app_has_its_branches_and_their_backends_once(aws: Server, amplify: Any, tmp_path: Path) -> None:
    models = "defineBackend({}); defineData({ schema: a.schema({ Request: a.model({}) }) })"
    (tmp_path / "amplify").mkdir()
    (tmp_path / "amplify" / "backend.ts").write_text(models)
    old = {"name": "old", "stage": "BETA", "backend": True, "environmentVariables": {"KEY": "by hand"}}
    app = {"name": f"seed-{uuid.uuid4().hex[:8]}", "repository": str(tmp_path), "branches": [old, {"name": "bare"}]}
    app_id = aws.control("PUT", "seed", {"apps": [app]})["apps"][0]["appId"]
    found = {one["branchName"]: one for one in amplify.list_branches(appId=app_id)["branches"]}
    assert found.keys() == {"old", "bare"}
    assert (found["old"]["stage"], found["old"]["environmentVariables"]) == ("BETA", {"KEY": "by hand"})
    stacks = aws.client("cloudformation")
    names = [one["StackName"] for one in stacks.describe_stacks()["Stacks"] if app_id in one["StackName"]]
    assert names == [backend_stack(app_id, "old")]
    parts = stacks.list_stack_resources(StackName=names[0])["StackResourceSummaries"]
    assert "AWS::DynamoDB::Table" in {part["ResourceType"] for part in parts}
    amplify.delete_branch(appId=app_id, branchName="old")
    aws.control("PUT", "seed", {"apps": [app]})
    assert [one["branchName"] for one in amplify.list_branches(appId=app_id)["branches"]] == ["bare"]


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
