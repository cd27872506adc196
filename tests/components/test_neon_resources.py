"""What is persisted in state files, and what a changed input means: one test for each row."""

from __future__ import annotations

import base64
import pickletools
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from components.neon.branch_provider import NeonBranchProvider
from components.neon.connection_provider import NeonConnectionProvider
from components.neon.credentials import MissingCredentials, credentials
from components.neon.differences import BRANCH_RULES, CONNECTION_RULES, Change, changed
from components.neon.reset_provider import NeonResetProvider
from components.neon.resources import NeonBranch, NeonConnection, NeonReset
from neon.transport import DEFAULT_HOST

BRANCH: dict[str, Any] = {
    "project_id": "p-1",
    "name": "staging",
    "protected": False,
    "compute": {"min": 0.25},
    "ttl": None,
    "endpoint": "read_write",
    "source": "main",
    "mark": {"pulumi:name": "a"},
    "adopt": False,
}


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        (NeonBranchProvider(), ("components.neon.branch_provider", "NeonBranchProvider")),
        (NeonConnectionProvider(), ("components.neon.connection_provider", "NeonConnectionProvider")),
        (NeonResetProvider(), ("components.neon.reset_provider", "NeonResetProvider")),
    ],
)
def test_a_provider_is_persisted_by_its_path_alone(provider: Any, path: tuple[str, str]) -> None:
    pickled = base64.b64decode(serialize_provider(provider))
    words = tuple(arg for op, arg, _ in pickletools.genops(pickled) if "UNICODE" in op.name)
    assert words[:2] == path
    assert len(pickled) < 120


@pytest.mark.parametrize(
    ("resource", "token"), [(NeonBranch, "neon:Branch"), (NeonConnection, "neon:Connection"), (NeonReset, "neon:Reset")]
)
def test_the_type_tokens_are_those_that_states_hold(resource: Any, token: str) -> None:
    assert resource._resource_type_name == f"dynamic/{token}"


@pytest.mark.parametrize(
    ("key", "value", "change"),
    [
        ("project_id", "p-2", Change.REFUSED),
        ("adopt", True, Change.REFUSED),
        ("name", "stage", Change.IN_PLACE),
        ("protected", True, Change.IN_PLACE),
        ("compute", {"min": 1}, Change.IN_PLACE),
        ("ttl", 86400, Change.IN_PLACE),
        ("endpoint", "", Change.IN_PLACE),
        ("source", "dev", Change.NOTHING),
        ("mark", {}, Change.NOTHING),
    ],
)
def test_a_changed_input_of_a_branch_means(key: str, value: Any, change: Change) -> None:
    assert BRANCH_RULES[key].change is change
    assert set(changed(BRANCH_RULES, BRANCH, {**BRANCH, key: value})) == (set() if change is Change.NOTHING else {key})
    diff = NeonBranchProvider().diff("br-1", BRANCH, {**BRANCH, key: value})
    assert diff.changes is (change is not Change.NOTHING)
    assert diff.replaces == []


def test_every_input_of_a_branch_has_a_rule() -> None:
    assert BRANCH_RULES.keys() == BRANCH.keys()


@pytest.mark.parametrize(("key", "change"), [("branch_id", Change.REPLACES), ("role", Change.IN_PLACE)])
def test_a_changed_input_of_a_connection_means(key: str, change: Change) -> None:
    olds = dict.fromkeys(CONNECTION_RULES, "a")
    diff = NeonConnectionProvider().diff("br-1", olds, {**olds, key: "b"})
    assert diff.changes
    assert diff.replaces == ([key] if change is Change.REPLACES else [])


@pytest.mark.parametrize("key", ["project_id", "adopt"])
def test_what_is_refused_is_said_in_the_preview_by_key(key: str) -> None:
    result = NeonBranchProvider().check(BRANCH, {**BRANCH, key: "other"})
    assert [failure.property for failure in result.failures] == [key]


def test_a_new_branch_passes_the_check() -> None:
    assert NeonBranchProvider().check({}, BRANCH).failures == []


def secret(key: str) -> str | None:
    return {"neon:apiKey": "from-the-stack"}.get(key)


def test_the_key_comes_from_the_environment_before_the_secret_of_the_stack() -> None:
    found = credentials(secret, {"NEON_API_KEY": "from-the-environment"})
    assert (found.api_key, found.host) == ("from-the-environment", DEFAULT_HOST)
    assert credentials(secret, {"NEON_API_HOST": "http://x/"}).host == "http://x"
    assert "from" not in repr(found)


def test_the_organization_comes_from_the_environment_before_the_stack_and_must_be_an_id() -> None:
    env = {"NEON_API_KEY": "x"}
    assert credentials(lambda _: None, env).organization is None
    config = {"neon:orgId": "org-of-the-stack"}.get
    assert credentials(config, env).organization == "org-of-the-stack"
    assert credentials(config, {**env, "NEON_ORG_ID": "org-one"}).organization == "org-one"
    with pytest.raises(MissingCredentials, match="NEON_ORG_ID"):
        credentials(config, {**env, "NEON_ORG_ID": "My Team"})


def test_without_a_key_the_message_says_where_to_put_one() -> None:
    with pytest.raises(MissingCredentials, match=r"NEON_API_KEY.*neon:apiKey"):
        credentials(lambda _: None, {})
