"""Branches of the Amplify emulator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localcloud.aws.server import Server
from tests.localcloud.aws.test_address import refusal


def test_a_branch_without_a_stage_says_none(amplify: Any, app_id: str) -> None:
    branch = amplify.create_branch(appId=app_id, branchName="main")["branch"]
    assert (branch["stage"], branch["ttl"], branch["enableAutoBuild"]) == ("NONE", "5", True)


def test_a_name_with_slashes_is_one_name(amplify: Any, app_id: str) -> None:
    amplify.create_branch(appId=app_id, branchName="feature/a/b", environmentVariables={"A": "1"})
    branch = amplify.get_branch(appId=app_id, branchName="feature/a/b")["branch"]
    assert (branch["branchName"], branch["displayName"]) == ("feature/a/b", "feature-a-b")
    amplify.delete_branch(appId=app_id, branchName="feature/a/b")
    assert amplify.list_branches(appId=app_id)["branches"] == []


def test_a_branch_is_made_once(amplify: Any, app_id: str) -> None:
    amplify.create_branch(appId=app_id, branchName="main")
    status, code, message = refusal(amplify.create_branch, appId=app_id, branchName="main")
    assert (status, code) == (400, "BadRequestException")
    assert message == f"Failed to create branch. The branch main already exists for the app {app_id}"


def test_the_fifty_first_branch_is_refused(amplify: Any, app_id: str) -> None:
    for number in range(50):
        amplify.create_branch(appId=app_id, branchName=f"b{number}")
    status, code, _ = refusal(amplify.create_branch, appId=app_id, branchName="b50")
    assert (status, code) == (429, "LimitExceededException")
    pages = amplify.get_paginator("list_branches").paginate(appId=app_id)
    assert sum(len(page["branches"]) for page in pages) == 50


def test_an_update_leaves_what_it_does_not_name(amplify: Any, app_id: str) -> None:
    amplify.create_branch(appId=app_id, branchName="main", stage="BETA", environmentVariables={"A": "1", "B": "2"})
    amplify.update_branch(appId=app_id, branchName="main", description="new")
    amplify.update_branch(appId=app_id, branchName="main", environmentVariables={"A": "3"})
    branch = amplify.get_branch(appId=app_id, branchName="main")["branch"]
    assert (branch["stage"], branch["description"], branch["environmentVariables"]) == ("BETA", "new", {"A": "3"})


@pytest.mark.parametrize(("given", "left"), [({}, {"A": "1"}), ({" ": ""}, {})])
def test_an_empty_map_does_not_clear_variables_but_a_blank_name_does(
    amplify: Any, app_id: str, given: dict[str, str], left: dict[str, str]
) -> None:
    amplify.create_branch(appId=app_id, branchName="main", environmentVariables={"A": "1"})
    amplify.update_branch(appId=app_id, branchName="main", environmentVariables=given)
    assert amplify.get_branch(appId=app_id, branchName="main")["branch"]["environmentVariables"] == left


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_REGION": "x"}, "reserved prefix"),
        ({"": "x"}, "cannot have an empty key"),
        ({"A": "x" * 5501}, "less than or equal to 5500"),
        ({"A" * 256: "x"}, "less than or equal to 255"),
    ],
)
def test_variables_that_amplify_refuses_are_refused(
    amplify: Any, app_id: str, variables: dict[str, str], said: str
) -> None:
    found = refusal(amplify.create_branch, appId=app_id, branchName="main", environmentVariables=variables)
    assert found[1] == "BadRequestException"
    assert said in found[2]
    assert variables.get("A", "-")[:100] not in found[2]


def test_a_stage_that_the_model_does_not_have_is_refused(amplify: Any, app_id: str) -> None:
    found = refusal(amplify.create_branch, appId=app_id, branchName="main", stage="STAGING")
    assert "enum value set: [PRODUCTION, BETA" in found[2]


def test_a_missing_branch_is_not_found(amplify: Any, app_id: str) -> None:
    for call in (amplify.get_branch, amplify.delete_branch, amplify.update_branch):
        assert refusal(call, appId=app_id, branchName="no") == (404, "NotFoundException", "Branch no not found.")


def test_tags_of_apps_and_branches_go_by_arn(amplify: Any, aws: Server) -> None:
    app_id = aws.new_app(tags={"owner": "a"})
    branch = amplify.create_branch(appId=app_id, branchName="feature/x", tags={"k": "1", "l": "2"})["branch"]
    amplify.tag_resource(resourceArn=branch["branchArn"], tags={"k": "3"})
    amplify.untag_resource(resourceArn=branch["branchArn"], tagKeys=["l", "absent"])
    assert amplify.list_tags_for_resource(resourceArn=branch["branchArn"])["tags"] == {"k": "3"}
    assert amplify.get_branch(appId=app_id, branchName="feature/x")["branch"]["tags"] == {"k": "3"}
    arn = amplify.get_app(appId=app_id)["app"]["appArn"]
    assert amplify.list_tags_for_resource(resourceArn=arn)["tags"] == {"owner": "a"}
    assert refusal(amplify.list_tags_for_resource, resourceArn=f"{arn}x")[1] == "ResourceNotFoundException"


def test_a_branch_keeps_its_role_its_backend_and_its_specification(amplify: Any, app_id: str) -> None:
    role = "arn:aws:iam::123456789012:role/dev"
    stack = "arn:aws:cloudformation:us-west-1:123456789012:stack/amplify-x/1"
    branch = {"appId": app_id, "branchName": "main"}
    amplify.create_branch(**branch, computeRoleArn=role, backend={"stackArn": stack}, buildSpec="version: 1")
    amplify.update_branch(**branch, description="another")
    found = amplify.get_branch(**branch)["branch"]
    assert (found["computeRoleArn"], found["backend"], found["buildSpec"]) == (role, {"stackArn": stack}, "version: 1")
