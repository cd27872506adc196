"""IAM, DynamoDB and CloudFormation behind the same address."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.localcloud.aws.server import Server, wait_for
from tests.localcloud.aws.test_address import refusal

TRUST = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture
def stacks(aws: Server) -> Any:
    return aws.client("cloudformation")


@pytest.fixture
def name() -> str:
    return f"s{uuid.uuid4().hex[:8]}"


def table(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }


def template(*tables: str, api: str = "one") -> str:
    resources = {f"T{number}": table(name) for number, name in enumerate(tables)}
    return json.dumps({"Resources": resources, "Outputs": {"api": {"Value": api}}})


def stack(stacks: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = stacks.describe_stacks(StackName=name)["Stacks"][0]
    return found


def settled(stacks: Any, name: str) -> str:
    def look() -> str | None:
        status = str(stack(stacks, name)["StackStatus"])
        return None if status.endswith("_IN_PROGRESS") else status

    return str(wait_for(f"the end of what {name} does", look))


def test_a_stack_makes_its_tables_and_takes_them_away(aws: Server, stacks: Any, name: str) -> None:
    stacks.create_stack(StackName=name, TemplateBody=template(f"{name}-a"))
    assert stack(stacks, name)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert settled(stacks, name) == "CREATE_COMPLETE"
    stacks.update_stack(StackName=name, TemplateBody=template(f"{name}-a", f"{name}-b", api="two"))
    assert settled(stacks, name) == "UPDATE_COMPLETE"
    assert stack(stacks, name)["Outputs"] == [{"OutputKey": "api", "OutputValue": "two"}]
    tables = aws.client("dynamodb")
    assert {f"{name}-a", f"{name}-b"} <= set(tables.list_tables()["TableNames"])
    assert tables.describe_table(TableName=f"{name}-b")["Table"]["TableStatus"] == "ACTIVE"
    for more, there in (((), False), ((f"{name}-b",), True)):
        stacks.update_stack(StackName=name, TemplateBody=template(f"{name}-a", *more))
        assert settled(stacks, name) == "UPDATE_COMPLETE"
        assert (f"{name}-b" in tables.list_tables()["TableNames"]) == there
    stacks.delete_stack(StackName=name)
    assert not {f"{name}-a", f"{name}-b"} & set(tables.list_tables()["TableNames"])
    assert "does not exist" in refusal(stacks.describe_stacks, StackName=name)[2]


def test_a_stuck_rollback_is_continued_to_its_end(aws: Server, stacks: Any, name: str) -> None:
    stacks.create_stack(StackName=name, TemplateBody=template(f"{name}-a"))
    assert "can not be rolled back" in refusal(stacks.continue_update_rollback, StackName=name)[2]
    stuck = {"stack": name, "status": "UPDATE_ROLLBACK_FAILED", "reason": "T0 could not be restored"}
    aws.control("PUT", "stack-status", stuck)
    found = stack(stacks, name)
    assert (found["StackStatus"], found["StackStatusReason"]) == (stuck["status"], stuck["reason"])
    assert "can not be updated" in refusal(stacks.update_stack, StackName=name, TemplateBody=template("x"))[2]
    stacks.continue_update_rollback(StackName=name)
    assert stack(stacks, name)["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"
    assert settled(stacks, name) == "UPDATE_ROLLBACK_COMPLETE"
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    assert ("UPDATE_ROLLBACK_FAILED", stuck["reason"]) in [
        (one["ResourceStatus"], one.get("ResourceStatusReason")) for one in events
    ]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"TemplateBody": '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'}, "AWS::SQS::Queue"),
        ({"TemplateBody": "{}"}, "Template format error"),
        ({"TemplateURL": "https://bucket.s3.amazonaws.com/x"}, "TemplateURL"),
        ({"TemplateBody": "{}", "DisableRollback": True}, "DisableRollback"),
    ],
)
def test_what_a_stack_cannot_be_here_is_named(stacks: Any, name: str, members: dict[str, Any], said: str) -> None:
    assert said in refusal(stacks.create_stack, StackName=name, **members)[2]


def test_a_change_that_is_refused_changes_nothing(aws: Server, stacks: Any, name: str) -> None:
    stacks.create_stack(StackName=name, TemplateBody=template(f"{name}-a"))
    settled(stacks, name)
    second = refusal(stacks.create_stack, StackName=f"{name}2", TemplateBody=template(f"{name}-b", f"{name}-a"))
    assert "Table already exists" in second[2]
    assert f"{name}-b" not in aws.client("dynamodb").list_tables()["TableNames"]
    assert [one["StackName"] for one in stacks.describe_stacks()["Stacks"]].count(f"{name}2") == 0
    in_place = json.dumps({"Resources": {"T0": table("other")}})
    assert "T0" in refusal(stacks.update_stack, StackName=name, TemplateBody=in_place)[2]
    assert settled(stacks, name) == "CREATE_COMPLETE"


def test_a_role_has_inline_policies(aws: Server, name: str) -> None:
    roles = aws.client("iam")
    roles.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=[{"Key": "k", "Value": "v"}])
    statement = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*:*:parameter/a/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    roles.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=json.dumps(policy))
    assert roles.get_role_policy(RoleName=name, PolicyName="read")["PolicyDocument"] == policy
    assert roles.get_role(RoleName=name)["Role"]["Tags"] == [{"Key": "k", "Value": "v"}]
    assert refusal(roles.delete_role, RoleName=name)[1] == "DeleteConflict"
    roles.delete_role_policy(RoleName=name, PolicyName="read")
    roles.delete_role(RoleName=name)
    assert refusal(roles.get_role, RoleName=name)[1] == "NoSuchEntity"


def test_the_journal_says_what_changes_something(aws: Server, name: str) -> None:
    tables = aws.client("dynamodb")
    tables.create_table(TableName=name, **{k: v for k, v in table(name)["Properties"].items() if k != "TableName"})
    before = len(aws.journal())
    tables.put_item(TableName=name, Item={"id": {"S": "hidden"}})
    tables.scan(TableName=name)
    aws.client("iam").list_roles()
    assert [(entry["action"], entry["mutating"]) for entry in aws.journal(before)] == [
        ("dynamodb:PutItem", True),
        ("dynamodb:Scan", False),
        ("iam:ListRoles", False),
    ]
    assert "hidden" not in str(aws.journal(before))
