"""What the role of an environment's application may do, found by evaluating its documents as IAM does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.policies import Account, reading, trust

ACCOUNT = Account.of("arn:aws:amplify:us-west-1:123456789012:apps/d1")
KEY = "arn:aws:kms:us-west-1:123456789012:key/default"
VIA_SSM = {"kms:ViaService": "ssm.us-west-1.amazonaws.com"}


def like(pattern: str, text: str) -> bool:
    """IAM's wildcards: * and ? over anything, slashes included."""
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(one, re.escape(one)) for one in pattern), text) is not None


def allowed(document: str, action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether a statement allows it. Fails on what it does not know: the test is then to be taught."""
    parsed = json.loads(document)
    assert parsed.keys() == {"Version", "Statement"}
    return any(matches(statement, action, resource, context or {}) for statement in parsed["Statement"])


def matches(statement: dict[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    assert statement.keys() <= {"Effect", "Action", "Resource", "Condition"}
    assert statement["Effect"] == "Allow"
    conditions = statement.get("Condition", {})
    assert conditions.keys() <= {"StringEquals", "StringLike"}
    equal, alike = conditions.get("StringEquals", {}), conditions.get("StringLike", {})
    return (
        any(like(pattern, action) for pattern in listed(statement["Action"]))
        and any(like(pattern, resource) for pattern in listed(statement["Resource"]))
        and all(context.get(key) == value for key, value in equal.items())
        and all(key in context and like(pattern, context[key]) for key, pattern in alike.items())
    )


def listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def parameter(path: str) -> str:
    return f"arn:aws:ssm:us-west-1:123456789012:parameter{path}"


def may_read(path: str, action: str = "ssm:GetParameter") -> bool:
    return allowed(reading(ACCOUNT, "/nailit/dev"), action, parameter(path))


def may_decrypt(path: str, context: Mapping[str, str] = VIA_SSM) -> bool:
    about = {"kms:EncryptionContext:PARAMETER_ARN": parameter(path)} if path else {}
    return allowed(reading(ACCOUNT, "/nailit/dev"), "kms:Decrypt", KEY, {**context, **about})


@pytest.mark.parametrize("action", ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"])
def test_an_environments_role_reads_its_own_parameters_by_name_and_by_path(action: str) -> None:
    assert all(may_read(path, action) for path in ("/nailit/dev", "/nailit/dev/", "/nailit/dev/DATABASE_URL"))
    assert may_decrypt("/nailit/dev/DATABASE_URL")


@pytest.mark.parametrize(
    "path",
    [
        *("/nailit/prod", "/nailit/prod/DATABASE_URL", "/nailit/staging/DATABASE_URL"),
        *("/nailit/development", "/nailit/development/DATABASE_URL", "/nailit/dev-2/DATABASE_URL", "/nailit/devel"),
        *("/nailit", "/", "/nailit/*", "/nailit/de", "/other/dev/DATABASE_URL", "/amplify/d1/develop/DATABASE_URL"),
    ],
)
def test_it_reads_no_other_environments_and_none_whose_name_begins_alike(path: str) -> None:
    actions = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory")
    assert [action for action in actions if may_read(path, action)] == []
    assert not may_decrypt(path)


def test_it_decrypts_through_ssm_alone_and_changes_nothing() -> None:
    assert not may_decrypt("/nailit/dev/DATABASE_URL", {"kms:ViaService": "s3.us-west-1.amazonaws.com"})
    assert not may_decrypt("/nailit/dev/DATABASE_URL", {})
    assert not may_decrypt("")
    writes = ("ssm:PutParameter", "ssm:DeleteParameter", "ssm:GetParameterHistory", "ssm:DescribeParameters")
    assert [action for action in writes if may_read("/nailit/dev/DATABASE_URL", action)] == []


def test_only_amplify_may_take_the_role() -> None:
    [statement] = json.loads(trust())["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "amplify.amazonaws.com"}, "sts:AssumeRole")
