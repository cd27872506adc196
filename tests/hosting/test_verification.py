"""What must be true after a deployment, judged on what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hosting.backend_state import Backend, Part
from hosting.verification import apart_check, backend_check, failed, table_checks

API = "arn:aws:appsync:eu-central-1:123456789012:apis/abc"


def backend(
    *parts: tuple[str, str],
    name: str = "mine",
    status: str = "UPDATE_COMPLETE",
    outputs: Mapping[str, str] | None = None,
) -> Backend:
    made = tuple(Part(kind=kind, logical=f"L{place}", id=id_) for place, (kind, id_) in enumerate(parts))
    return Backend(name=name, status=status, outputs=outputs or {}, parts=made)


@pytest.mark.parametrize(
    ("status", "good", "passing"),
    [
        ("CREATE_COMPLETE", True, False),
        ("UPDATE_COMPLETE", True, False),
        ("UPDATE_ROLLBACK_COMPLETE", False, False),
        ("ROLLBACK_COMPLETE", False, False),
        ("UPDATE_ROLLBACK_FAILED", False, False),
        ("DELETE_COMPLETE", False, False),
        ("UPDATE_IN_PROGRESS", False, True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False, True),
    ],
)
def test_a_backend_is_complete_when_its_last_deployment_went_through(status: str, good: bool, passing: bool) -> None:
    check = backend_check("mine", backend(status=status))
    assert (check.problem is None, check.passing) == (good, passing)


def test_a_backend_that_was_rolled_back_before_a_build_that_changed_nothing_of_it_is_fine() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    rolled_back = replace(backend(status="UPDATE_ROLLBACK_COMPLETE"), rolled_back_at=noon)
    assert backend_check("mine", rolled_back, since=noon + timedelta(minutes=1)).problem is None
    assert backend_check("mine", rolled_back, since=noon - timedelta(minutes=1)).problem is not None
    assert backend_check("mine", rolled_back).problem is not None


def test_a_backend_that_is_not_there_is_named() -> None:
    assert backend_check("mine", None).problem == "the backend stack mine does not exist"


def test_tables_must_be_there_and_active_and_each_that_is_not_is_named() -> None:
    checks = list(table_checks({"a": "ACTIVE", "b": None, "c": "CREATING", "d": "ARCHIVED"}))
    assert [check.problem for check in failed(checks)] == [
        "the table b of the backend does not exist", "the table c is CREATING", "the table d is ARCHIVED"
    ]  # fmt: skip
    assert [check.passing for check in checks] == [False, True, False]
    assert failed(list(table_checks({"a": "ACTIVE"}))) == []


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (backend(("AWS::DynamoDB::Table", "T"), name="theirs"), "the table T: shared with the backend of main"),
        (backend(("Custom::AmplifyDynamoDBTable", "T"), name="theirs"), "the table T: shared"),
        (backend(("AWS::Cognito::UserPool", "eu_1"), name="theirs"), "the user pool eu_1: shared"),
        (backend(name="theirs", outputs={"userPoolId": "eu_1"}), "the user pool eu_1: shared"),
        (backend(name="theirs", outputs={"awsAppsyncApiId": "abc"}), "the API abc: shared"),
        (backend(), "it uses the backend of main"),
        (backend(("AWS::DynamoDB::Table", "U"), name="theirs", outputs={"userPoolId": "eu_2"}), None),
        (backend(("AWS::IAM::Role", "T"), ("AWS::Lambda::Function", "eu_1"), name="theirs"), None),
    ],
)
def test_production_has_no_table_pool_or_api_in_common_with_another_backend(theirs: Backend, said: str | None) -> None:
    mine = backend(("AWS::DynamoDB::Table", "T"), ("AWS::Cognito::UserPool", "eu_1"), ("AWS::AppSync::GraphQLApi", API))
    problem = apart_check(mine, "main", theirs).problem
    assert (problem is None) if said is None else (problem is not None and problem.startswith(said))
