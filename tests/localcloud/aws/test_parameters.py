"""Parameter Store: moto's answers, and what we refuse before it is asked."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from tests.localcloud.aws.server import REGION, Server
from tests.localcloud.aws.test_address import refusal


@pytest.fixture
def name() -> str:
    return f"/test/{uuid.uuid4().hex}/KEY"


def test_a_parameter_counts_its_versions(ssm: Any, name: str) -> None:
    ssm.put_parameter(Name=name, Value="one", Type="SecureString")
    ssm.put_parameter(Name=name, Value="two", Overwrite=True)
    found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Version"], found["Type"]) == ("two", 2, "SecureString")
    assert found["ARN"] == f"arn:aws:ssm:{REGION}:123456789012:parameter{name}"


def test_an_existing_parameter_is_not_taken_over(ssm: Any, name: str) -> None:
    ssm.put_parameter(Name=name, Value="one", Type="String")
    assert refusal(ssm.put_parameter, Name=name, Value="two", Type="String")[1] == "ParameterAlreadyExists"


def test_parameters_are_found_by_path_in_pages_of_ten(ssm: Any) -> None:
    path = f"/test/{uuid.uuid4().hex}"
    for number in range(12):
        ssm.put_parameter(Name=f"{path}/K{number}", Value="x", Type="String")
    assert len(ssm.get_parameters_by_path(Path=path)["Parameters"]) == 10
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    assert sum(len(page["Parameters"]) for page in pages) == 12


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Value": "x" * 4097}, "ValidationException"),
        ({"Value": "a {{b}}"}, "ValidationException"),
        ({"Value": "mysql://x", "AllowedPattern": "^postgres://.+"}, "ParameterPatternMismatchException"),
        ({"Name": "/has space"}, "ValidationException"),
        ({"Name": "no/slash"}, "ValidationException"),
        ({"Name": "/a//b"}, "ValidationException"),
        ({"Name": "/a" * 16}, "HierarchyLevelLimitExceededException"),
        ({"Name": "/aws/x"}, "AccessDeniedException"),
        ({"Value": "x" * 8193, "Tier": "Advanced"}, "ValidationException"),
    ],
)
def test_what_parameter_store_refuses_is_refused(ssm: Any, name: str, members: dict[str, str], code: str) -> None:
    found = refusal(ssm.put_parameter, **{"Name": name, "Value": "x", "Type": "String", **members})
    assert (found[0], found[1]) == (400, code)
    assert "x" * 100 not in found[2]


def test_a_pattern_given_earlier_still_holds(ssm: Any, name: str) -> None:
    ssm.put_parameter(Name=name, Value="a1", Type="String", AllowedPattern="^a")
    found = refusal(ssm.put_parameter, Name=name, Value="b1", Overwrite=True)
    assert found[1] == "ParameterPatternMismatchException"


def test_an_advanced_parameter_may_be_larger(ssm: Any, name: str) -> None:
    ssm.put_parameter(Name=name, Value="x" * 8000, Type="String", Tier="Advanced")
    assert len(ssm.get_parameter(Name=name)["Parameter"]["Value"]) == 8000


def test_a_member_that_the_api_does_not_have_is_named(aws: Server) -> None:
    authorization = f"AWS4-HMAC-SHA256 Credential=a/20260101/{REGION}/ssm/aws4_request, SignedHeaders=h"
    headers = {"Authorization": authorization, "X-Amz-Target": "AmazonSSM.GetParameter"}
    response = requests.post(aws.address, json={"Name": "/x", "Decrypt": True}, headers=headers, timeout=5)
    assert response.status_code == 400
    assert "'Decrypt'" in response.json()["message"]
