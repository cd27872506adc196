"""Apps of the Amplify emulator."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.localcloud.aws.server import REGION, Server
from tests.localcloud.aws.test_address import refusal


def test_an_app_is_found_again_with_its_defaults(amplify: Any, app_id: str) -> None:
    app = amplify.get_app(appId=app_id)["app"]
    assert app["appArn"] == f"arn:aws:amplify:{REGION}:123456789012:apps/{app_id}"
    assert app["defaultDomain"] == f"{app_id}.amplifyapp.com"
    assert (app["platform"], app["environmentVariables"], app["enableBranchAutoBuild"]) == ("WEB", {}, False)


def test_a_token_is_never_shown(amplify: Any, aws: Server) -> None:
    app_id = aws.new_app(oauthToken="very-secret")
    assert "very-secret" not in str(amplify.get_app(appId=app_id))


def test_a_repository_needs_a_token(amplify: Any) -> None:
    found = refusal(amplify.create_app, name="x", repository="https://github.com/a/b")
    assert found == (400, "BadRequestException", "You should at least provide one valid token")


def test_an_update_leaves_what_it_does_not_name(amplify: Any, aws: Server) -> None:
    app_id = aws.new_app(description="kept", environmentVariables={"A": "1"})
    amplify.update_app(appId=app_id, platform="WEB_COMPUTE", environmentVariables={})
    app = amplify.get_app(appId=app_id)["app"]
    assert (app["description"], app["environmentVariables"], app["platform"]) == ("kept", {"A": "1"}, "WEB_COMPUTE")


def test_a_deleted_app_is_not_found(amplify: Any, app_id: str) -> None:
    amplify.delete_app(appId=app_id)
    assert refusal(amplify.get_app, appId=app_id) == (404, "NotFoundException", f"App {app_id} not found.")


def test_apps_are_listed_in_pages(amplify: Any, aws: Server) -> None:
    mine = {aws.new_app() for _ in range(3)}
    first = amplify.list_apps(maxResults=2)
    assert len(first["apps"]) == 2
    assert first["nextToken"]
    found = {app["appId"] for page in amplify.get_paginator("list_apps").paginate() for app in page["apps"]}
    assert mine <= found


def test_an_app_of_another_region_is_not_found(aws: Server, app_id: str) -> None:
    elsewhere = aws.client("amplify", region="eu-west-1")
    assert refusal(elsewhere.get_app, appId=app_id)[1] == "NotFoundException"


def test_a_member_that_the_api_does_not_have_is_named(aws: Server) -> None:
    authorization = f"AWS4-HMAC-SHA256 Credential=a/20260101/{REGION}/amplify/aws4_request, SignedHeaders=h"
    headers = {"Authorization": authorization}
    response = requests.post(f"{aws.address}/apps", json={"name": "x", "colour": "red"}, headers=headers, timeout=5)
    assert response.status_code == 400
    assert "Unknown member 'colour'" in response.json()["message"]
    response = requests.get(f"{aws.address}/apps?page=2", headers=headers, timeout=5)
    assert "'page'" in response.json()["message"]


def test_a_foreign_page_token_is_refused(amplify: Any) -> None:
    with pytest.raises(ClientError, match="nextToken"):
        amplify.list_apps(nextToken="abc")
