"""What is persisted in state files, what a refresh sees of an anonymization, and where the API key comes from."""

from __future__ import annotations

import base64
import pickletools
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from components.amplify.compute_role_provider import AmplifyComputeRoleProvider
from components.amplify.resources import AmplifyComputeRole
from components.neon.branch_provider import OTHER_RULES, Found, NeonBranchProvider, actual_masking, masked_by
from components.neon.connection_provider import NeonConnectionProvider
from components.neon.credentials import MissingCredentials, credentials, shared_client
from components.neon.differences import BRANCH_RULES, CONNECTION_RULES, PASSWORD_RULES
from components.neon.guard_provider import NeonGuardProvider
from components.neon.password_provider import NeonPasswordProvider
from components.neon.reset_provider import NeonResetProvider
from components.neon.resources import NeonBranch, NeonConnection, NeonGuard, NeonPassword, NeonReset
from neon.masking import Anonymization, MaskingRule
from neon.models import Branch
from neon.transport import DEFAULT_HOST, Credentials

BRANCH: dict[str, Any] = {
    "project_id": "p-1",
    "name": "staging",
    "protected": False,
    "compute": {"min": 0.25},
    "ttl": None,
    "endpoint": "read_write",
    "source": "main",
    "kind": None,
    "masking": None,
    "anonymization": None,
    "mark": {"pulumi:name": "a"},
    "adopt": False,
}


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        (NeonBranchProvider(), ("components.neon.branch_provider", "NeonBranchProvider")),
        (NeonConnectionProvider(), ("components.neon.connection_provider", "NeonConnectionProvider")),
        (NeonResetProvider(), ("components.neon.reset_provider", "NeonResetProvider")),
        (NeonPasswordProvider(), ("components.neon.password_provider", "NeonPasswordProvider")),
        (NeonGuardProvider(), ("components.neon.guard_provider", "NeonGuardProvider")),
        (
            AmplifyComputeRoleProvider(),
            ("components.amplify.compute_role_provider", "AmplifyComputeRoleProvider"),
        ),
    ],
)
def test_a_provider_is_persisted_by_its_path_alone(provider: Any, path: tuple[str, str]) -> None:
    pickled = base64.b64decode(serialize_provider(provider))
    words = tuple(arg for op, arg, _ in pickletools.genops(pickled) if "UNICODE" in op.name)
    assert words[:2] == path
    assert len(pickled) < 120


@pytest.mark.parametrize(
    ("resource", "token"),
    [
        (NeonBranch, "neon:Branch"),
        (NeonConnection, "neon:Connection"),
        (NeonReset, "neon:Reset"),
        (NeonPassword, "neon:Password"),
        (NeonGuard, "neon:Guard"),
        (AmplifyComputeRole, "amplify:ComputeRole"),
    ],
)
def test_the_type_tokens_are_those_that_states_hold(resource: Any, token: str) -> None:
    assert resource._resource_type_name == f"dynamic/{token}"


def test_a_state_from_before_there_were_kinds_is_that_of_a_copy() -> None:
    old = {key: value for key, value in BRANCH.items() if key not in ("kind", "masking", "anonymization")}
    assert not NeonBranchProvider().diff("br-1", old, BRANCH).changes
    assert NeonBranchProvider().check(old, BRANCH).failures == []


RULE = {
    "database_name": "d",
    "schema_name": "s",
    "table_name": "t",
    "column_name": "c",
    "masking_function": "anon.f(1, 2)",
}
MASKED = {**BRANCH, "kind": "anonymized", "masking": [RULE], "anonymization": "anonymized"}


def found(state: str, function: str = "anon.f(1,2)") -> Found:
    branch = Branch.from_api({"id": "b", "project_id": "p-1", "name": "staging", "created_at": "2026-01-01T00:00:00Z"})
    rules = (MaskingRule.from_api({**RULE, "masking_function": function}),)
    return Found(branch=branch, endpoint=None, anonymization=Anonymization(state=state, message=""), rules=rules)


@pytest.mark.parametrize(
    ("before", "seen", "masking", "anonymization"),
    [
        (MASKED, found("anonymized"), [RULE], "anonymized"),
        (MASKED, found("error"), [RULE], "error"),
        (MASKED, found("anonymized", "anon.g()"), [{**RULE, "masking_function": "anon.g()"}], OTHER_RULES),
        ({**MASKED, "anonymization": OTHER_RULES}, found("anonymized"), [RULE], OTHER_RULES),
        ({**MASKED, "anonymization": "error"}, found("anonymized"), [RULE], "anonymized"),
    ],
)
def test_a_refresh_sees_what_became_of_an_anonymization(
    before: dict[str, Any], seen: Found, masking: list[dict[str, str]], anonymization: str
) -> None:
    actual = actual_masking(before, seen)
    assert (actual["kind"], actual["masking"], actual["anonymization"]) == ("anonymized", masking, anonymization)


def test_only_what_the_state_knows_to_be_masked_by_the_same_rules_is_not_masked_again() -> None:
    other = {**MASKED, "masking": [{**RULE, "masking_function": "anon.g()"}]}
    assert masked_by(MASKED, MASKED)
    assert not masked_by(MASKED, other)
    assert not masked_by({**MASKED, "anonymization": OTHER_RULES}, MASKED)


def test_every_input_of_a_branch_has_a_rule() -> None:
    assert BRANCH_RULES.keys() == BRANCH.keys()


EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"
PASSWORD: dict[str, Any] = {**dict.fromkeys(PASSWORD_RULES, "a"), "password_after": EARLIER, "set_at": LATER}


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"password_after": "2026-04-01T00:00:00Z"}, True),
        ({"password_after": "2026-02-01T00:00:00Z"}, False),
        ({"source": "b", "mark": {}, "adopted": True}, False),
        ({"branch_id": "b", "role": "b"}, ["branch_id", "role"]),
    ],
)
def test_a_password_changes_only_for_a_time_that_it_is_older_than(
    changes: dict[str, Any], keys: bool | list[str]
) -> None:
    diff = NeonPasswordProvider().diff("br-1", PASSWORD, {**PASSWORD, **changes})
    assert (diff.changes, diff.replaces) == (bool(keys), keys if isinstance(keys, list) else [])


@pytest.mark.parametrize(
    ("old", "new", "reads"),
    [({}, None, False), ({}, LATER, True), (EARLIER, LATER, True), (LATER, LATER, False), (LATER, None, False)],
)
def test_strings_are_read_anew_for_a_new_password_alone(old: Any, new: str | None, reads: bool) -> None:
    olds = dict.fromkeys(CONNECTION_RULES.keys() - {"password_set_at"}, "a")
    before = olds if old == {} else {**olds, "password_set_at": old}  # {}: a state from before there was such an input
    assert NeonConnectionProvider().diff("br-1", before, {**olds, "password_set_at": new}).changes is reads


def test_a_new_branch_passes_the_check() -> None:
    assert NeonBranchProvider().check({}, BRANCH).failures == []


@pytest.mark.parametrize("kind", ["schema-only", None])
def test_a_kind_that_is_on_one_side_only_is_another_kind(kind: str | None) -> None:
    with_kind = {**BRANCH, "kind": kind}
    without = {key: value for key, value in with_kind.items() if key != "kind"}
    for olds, news in ((with_kind, without), (without, with_kind)):
        failures = NeonBranchProvider().check(olds, news).failures or []
        assert [one.property for one in failures] == (["kind"] if kind else [])


def test_threads_that_begin_at_once_share_one_client_and_so_its_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Barrier(4)

    def slowly(*args: object) -> object:
        with suppress(BrokenBarrierError):
            begun.wait(0.05)
        return object()

    monkeypatch.setattr("components.neon.credentials.NeonClient", slowly)
    found = Credentials(api_key="of-this-test-alone")
    with ThreadPoolExecutor(4) as threads:
        clients = list(threads.map(lambda _: shared_client(found, 1.0), range(4)))
    assert len({id(one) for one in clients}) == 1


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


@pytest.mark.parametrize(
    "given",
    [
        "console.neon.tech/api/v2",
        "https://",
        "ftp://console.neon.tech",
        "https://console..neon.tech/api/v2",
        f"https://{'a' * 64}.tech/api/v2",
        "http://[::1",
        "http://127.0.0.1:99999",
        "https://console neon.tech",
        "https://me:napi_abc@console.neon.tech",
        "https://console.neon.tech/api/v2?key=napi_abc",
        "napi_abc",
    ],
)
def test_an_address_that_can_be_none_is_told_without_a_request_and_without_quoting_it(given: str) -> None:
    with pytest.raises(MissingCredentials, match=r"NEON_API_HOST.*looks like https://console") as refused:
        credentials(secret, {"NEON_API_HOST": given})
    assert "napi_abc" not in str(refused.value)


@pytest.mark.parametrize(
    "given", ["http://[::1]:4000/api/v2", "https://bücher.example/", " http://127.0.0.1:8/api/v2/"]
)
def test_an_address_that_can_be_one_is_taken(given: str) -> None:
    assert credentials(secret, {"NEON_API_HOST": given}).host == given.strip().rstrip("/")


def test_without_a_key_the_message_says_where_to_put_one() -> None:
    with pytest.raises(MissingCredentials, match=r"NEON_API_KEY.*neon:apiKey"):
        credentials(lambda _: None, {})
