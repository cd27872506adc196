"""Roles of IAM and their policies as resources."""

from __future__ import annotations

import json
import uuid
from typing import Any

import grpc
import pytest

from localcloud.providers.values import UNKNOWN
from tests.localcloud.aws.server import Server
from tests.localcloud.providers.plugin import Plugin, line

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
AMPLIFY = {"Effect": "Allow", "Principal": {"Service": "amplify.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [AMPLIFY]})


@pytest.fixture
def iam(aws: Server) -> Any:
    return aws.client("iam")


@pytest.fixture
def inputs() -> dict[str, Any]:
    return {"name": f"r{uuid.uuid4().hex[:8]}", "assumeRolePolicy": TRUST, "tags": {"owner": "a"}}


def policy(prefix: str) -> str:
    resource = f"arn:aws:ssm:*:*:parameter/{prefix}/*"
    statement = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_role_is_made_changed_refreshed_and_deleted(plugin: Plugin, inputs: dict[str, Any], iam: Any) -> None:
    found, outputs = plugin.create(ROLE, inputs)
    assert found == inputs["name"]
    assert outputs["arn"] == iam.get_role(RoleName=found)["Role"]["Arn"]
    assert (outputs["path"], outputs["tagsAll"]) == ("/", {"owner": "a"})
    assert plugin.read(ROLE, found, inputs, outputs) == (found, inputs, outputs)
    news = {**inputs, "description": "d", "tags": {"k": "v"}}
    changed = plugin.update(ROLE, found, inputs, news, outputs=outputs)
    assert (changed["description"], changed["tagsAll"]) == ("d", {"k": "v"})
    assert plugin.read(ROLE, found, inputs, outputs)[1] == news
    plugin.delete(ROLE, found, changed)
    plugin.delete(ROLE, found, changed)
    assert plugin.read(ROLE, found, inputs, outputs)[0] == ""


def test_a_role_that_exists_is_not_taken_over(plugin: Plugin, inputs: dict[str, Any]) -> None:
    plugin.create(ROLE, inputs)
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(ROLE, inputs)
    assert line(error).startswith(f"creating IAM Role ({inputs['name']}): EntityAlreadyExists")


def test_trust_that_was_changed_in_the_console_is_seen(plugin: Plugin, inputs: dict[str, Any], iam: Any) -> None:
    found, outputs = plugin.create(ROLE, inputs)
    iam.update_assume_role_policy(RoleName=found, PolicyDocument=json.dumps(json.loads(TRUST), indent=4))
    assert plugin.read(ROLE, found, inputs, outputs)[1] == inputs
    other = {"Version": "2012-10-17", "Statement": [{**AMPLIFY, "Effect": "Deny"}]}
    iam.update_assume_role_policy(RoleName=found, PolicyDocument=json.dumps(other))
    assert json.loads(plugin.read(ROLE, found, inputs, outputs)[1]["assumeRolePolicy"]) == other


def test_a_policy_lives_in_its_role(plugin: Plugin, inputs: dict[str, Any], iam: Any) -> None:
    plugin.create(ROLE, inputs)
    own = {"role": inputs["name"], "name": "read", "policy": policy("dev")}
    found, outputs = plugin.create(POLICY, own)
    assert (found, outputs) == (f"{inputs['name']}:read", own)
    assert plugin.read(POLICY, found, own, outputs) == (found, own, own)
    plugin.update(POLICY, found, own, {**own, "policy": policy("test")}, outputs=outputs)
    live = iam.get_role_policy(RoleName=inputs["name"], PolicyName="read")["PolicyDocument"]
    assert live == json.loads(policy("test"))
    assert plugin.read(POLICY, found)[1] == {**own, "policy": json.dumps(live)}
    plugin.delete(POLICY, found, outputs)
    assert plugin.read(POLICY, found, own, outputs)[0] == ""


@pytest.mark.parametrize(
    ("kind", "change", "replaces"),
    [
        (ROLE, {"description": "x"}, []),
        (ROLE, {"assumeRolePolicy": "{}"}, []),
        (ROLE, {"name": "other"}, ["name"]),
        (ROLE, {"path": "/team/"}, ["path"]),
        (POLICY, {"policy": "{}"}, []),
        (POLICY, {"role": UNKNOWN}, ["role"]),
        (POLICY, {"name": "other"}, ["name"]),
    ],
)
def test_only_what_identifies_replaces(plugin: Plugin, kind: str, change: dict[str, Any], replaces: list[str]) -> None:
    old = {"name": "n", "assumeRolePolicy": TRUST} if kind == ROLE else {"name": "n", "role": "r", "policy": TRUST}
    assert list(plugin.diff(kind, old, {**old, **change}).replaces) == replaces


@pytest.mark.parametrize(
    ("kind", "inputs", "name", "said"),
    [
        (ROLE, {"assumeRolePolicy": "no"}, "assumeRolePolicy", "must be the text of a JSON document"),
        (ROLE, {"assumeRolePolicy": "{}", "inlinePolicies": []}, "inlinePolicies", "is not in this stand-in"),
        (POLICY, {"role": "r", "policy": {"a": 1}}, "policy", "must be the text of a JSON document"),
        (POLICY, {"policy": "{}"}, "role", "Missing required property"),
    ],
)
def test_an_input_that_cannot_be_is_named(
    plugin: Plugin, kind: str, inputs: dict[str, Any], name: str, said: str
) -> None:
    found = plugin.reasons(kind, inputs)
    assert list(found) == [name]
    assert said in found[name]
