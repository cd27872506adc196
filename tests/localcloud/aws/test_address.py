"""Which requests go where, and what is refused."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localcloud.aws import scope
from tests.localcloud.aws.server import REGION, Server


def refusal(call: Any, **members: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**members)
    detail = error.value.response
    return detail["ResponseMetadata"]["HTTPStatusCode"], detail["Error"]["Code"], detail["Error"]["Message"]


def test_the_account_is_always_the_same(aws: Server) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "operation"),
    [("lambda", "list_functions"), ("ec2", "describe_vpcs")],
)
def test_a_service_that_is_not_there_is_named(aws: Server, service: str, operation: str) -> None:
    status, _, message = refusal(getattr(aws.client(service), operation))
    assert (status, f"'{service}'" in message) == (501, True)


def test_a_service_that_is_not_there_is_asked_once_only(aws: Server) -> None:
    before = len(aws.journal())
    client: Any = boto3.client(
        "lambda",
        region_name=REGION,
        endpoint_url=aws.address,
        aws_access_key_id="test",
        aws_secret_access_key="secret",
    )
    refusal(client.list_functions)
    assert [name.partition(":")[0] for name in aws.calls(before)] == ["lambda"]


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("amplify", "list_apps", (403, "UnrecognizedClientException")),
        ("ssm", "describe_parameters", (400, "UnrecognizedClientException")),
        ("sts", "get_caller_identity", (403, "InvalidClientTokenId")),
    ],
)
def test_the_key_named_invalid_is_refused(aws: Server, service: str, operation: str, expected: tuple[int, str]) -> None:
    call = getattr(aws.client(service, access_key="invalid"), operation)
    assert refusal(call)[:2] == expected


def test_an_unsigned_request_is_refused(aws: Server) -> None:
    response = requests.get(f"{aws.address}/apps", timeout=5)
    assert (response.status_code, response.json()["__type"]) == (403, "MissingAuthenticationToken")


def test_a_presigned_request_is_answered(aws: Server) -> None:
    request = AWSRequest("GET", f"{aws.address}/apps")
    SigV4QueryAuth(Credentials("test", "secret"), "amplify", REGION).add_auth(request)
    assert "apps" in requests.get(str(request.url), timeout=5).json()


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("ssm", "list_documents", {}),
        ("sts", "get_session_token", {}),
        ("iam", "list_users", {}),
        ("dynamodb", "list_backups", {}),
        ("cloudformation", "list_stack_sets", {}),
        ("amplify", "list_backend_environments", {"appId": "d1"}),
        ("ssm", "list_tags_for_resource", {"ResourceType": "Document", "ResourceId": "x"}),
    ],
)
def test_an_action_that_is_not_there_is_named(
    aws: Server, service: str, operation: str, members: dict[str, Any]
) -> None:
    status, _, message = refusal(getattr(aws.client(service), operation), **members)
    assert status == 501
    assert f"{service}:" in message


def test_the_journal_names_actions_and_says_which_change_something(aws: Server, app_id: str) -> None:
    before = len(aws.journal())
    aws.client("amplify").create_branch(appId=app_id, branchName="feature/x")
    aws.client("amplify").get_branch(appId=app_id, branchName="feature/x")
    aws.client("ssm").put_parameter(Name=f"/{app_id}/KEY", Value="hidden", Type="String")
    aws.client("ssm").describe_parameters()
    aws.client("sts").get_caller_identity()
    found = [(entry["action"], entry["mutating"]) for entry in aws.journal(before)]
    assert found == [
        ("amplify:CreateBranch", True),
        ("amplify:GetBranch", False),
        ("ssm:PutParameter", True),
        ("ssm:DescribeParameters", False),
        ("sts:GetCallerIdentity", False),
    ]
    assert "hidden" not in str(aws.journal(before))


def test_a_journal_entry_has_the_encoded_path_and_no_query(aws: Server, app_id: str) -> None:
    before = len(aws.journal())
    aws.client("amplify").create_branch(appId=app_id, branchName="feature/x")
    aws.client("amplify").list_jobs(appId=app_id, branchName="feature/x", maxResults=5)
    entry = aws.journal(before)[1]
    assert (entry["n"], entry["method"], entry["status"]) == (before + 2, "GET", 200)
    assert entry["path"] == f"/apps/{app_id}/branches/feature%2Fx/jobs"


@pytest.mark.parametrize(
    ("authorization", "query", "service"),
    [
        ("AWS4-HMAC-SHA256 Credential=AK/20260101/us-west-1/ssm/aws4_request, SignedHeaders=a", {}, "ssm"),
        ("", {"X-Amz-Credential": "AK/20260101/eu-west-1/amplify/aws4_request"}, "amplify"),
        ("AWS4-HMAC-SHA256 Credential=A/K/20260101/us-west-1/sts/aws4_request,x", {}, "sts"),
        ("Bearer abc", {}, None),
        ("AWS4-HMAC-SHA256 Credential=AK/20260101/ssm/aws4_request", {}, None),
        ("", {}, None),
    ],
)
def test_the_scope_says_which_service(authorization: str, query: dict[str, str], service: str | None) -> None:
    found = scope.read(authorization, query)
    assert (found.service if found else None) == service
