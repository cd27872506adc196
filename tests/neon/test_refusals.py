"""What a refusal of Neon is called, and what its sentence tells to do: one test for each status and each code."""

from __future__ import annotations

import pytest

from neon.errors import (
    NeonConflict,
    NeonHTTPError,
    NeonLocked,
    NeonNoOrganization,
    NeonNotFound,
    NeonNotReady,
    NeonPlanLimit,
    NeonStateRefused,
    NeonUnauthorized,
    Request,
)
from neon.refusals import QUOTAS, http_error

ASKED = Request(method="POST", path="/projects", request_id="r-7")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NeonUnauthorized),
        (403, NeonUnauthorized),
        (404, NeonNotFound),
        (409, NeonConflict),
        (412, NeonPlanLimit),
        (422, NeonStateRefused),
        (423, NeonLocked),
        (418, NeonHTTPError),
    ],
)
def test_each_status_is_an_error_of_its_own_that_names_the_request(status: int, kind: type[NeonHTTPError]) -> None:
    error = http_error(ASKED, status, message="no")
    assert type(error) is kind
    assert "POST /projects (request id r-7)" in str(error)
    assert f"({status}: no)" in str(error) or f"answered {status}: no" in str(error)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("PROJECTS_LIMIT_EXCEEDED", "more projects"),
        ("BRANCHES_LIMIT_EXCEEDED", "more branches"),
        ("ROOT_BRANCHES_LIMIT_EXCEEDED", "more root branches"),
        ("BRANCHES_PROTECTED_LIMIT_EXCEEDED", "more protected branches"),
        ("ACTIVE_ENDPOINTS_LIMIT_EXCEEDED", "more computes that run at the same time"),
        ("ENDPOINTS_LIMIT_EXCEEDED", "more computes"),
        ("BRANCH_SIZE_LIMIT_EXCEEDED_THRESHOLD", "so much data in a branch"),
        ("NON_PRIMARY_BRANCH_COMPUTE_TIME_EXCEEDED", "more compute time for branches other than the default one"),
        ("COMPUTE_TIME_EXCEEDED", "more compute time"),
        ("DATA_TRANSFER_LIMIT_EXCEEDED", "more data transfer"),
        ("ROLES_LIMIT_EXCEEDED", "more roles on the branch"),
        ("DATABASES_LIMIT_EXCEEDED", "more databases on the branch"),
    ],
)
def test_a_quota_is_told_as_what_the_plan_does_not_allow(code: str, what: str) -> None:
    error = http_error(ASKED, 422, code=code, message="limit reached")
    assert isinstance(error, NeonPlanLimit)
    assert str(error).startswith(f"your plan does not allow {what}: ")
    assert f"or take a larger plan (422: {code}: limit reached)" in str(error)


def test_every_quota_that_is_known_has_been_tried() -> None:
    tried = test_a_quota_is_told_as_what_the_plan_does_not_allow.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {code for code, _ in tried} == QUOTAS.keys()


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("suspend interval is too short for your plan", "this suspend time: take suspend out"),
        ("suspend interval changing is not allowed for your account", "this suspend time: take suspend out"),
        ("autoscaling limit max cu is too large", "this compute size: set a smaller compute"),
        ("compute units above 2 CU are not available", "this compute size: set a smaller compute"),
        ("protected branches are not available", "more protected branches: take protected out"),
        ("branch expiration is not available", "branches that expire: take ttl out"),
        ("not available", "this: take the setting that Neon names out"),
    ],
)
def test_a_setting_that_the_plan_does_not_allow_is_told_by_name(message: str, what: str) -> None:
    error = http_error(ASKED, 412, message=message)
    assert str(error).startswith(f"your plan does not allow {what}")
    assert message in str(error)


def test_a_project_that_does_not_store_passwords_is_no_matter_of_the_plan() -> None:
    error = http_error(ASKED, 412, message="passwords are not stored for this project")
    assert "does not store passwords" in str(error)
    assert "plan" not in str(error)


def test_a_refusal_for_the_branchs_state_does_not_claim_that_it_is_the_plan() -> None:
    error = http_error(ASKED, 422, message="cannot delete a branch that has child branches: qa")
    assert type(error) is NeonStateRefused
    assert str(error).startswith("Neon refuses this (422: cannot delete a branch that has child branches: qa)")


def test_a_branch_that_is_not_ready_yet_is_a_matter_of_time() -> None:
    assert type(http_error(ASKED, 422, message="branch not ready yet")) is NeonNotReady


def test_a_listing_that_needs_an_organization_says_where_to_put_it() -> None:
    error = http_error(ASKED, 400, message="org_id is required")
    assert type(error) is NeonNoOrganization
    assert "NEON_ORG_ID" in str(error)
    assert "neon:orgId" in str(error)


@pytest.mark.parametrize("status", [400, 412, 422, 423])
@pytest.mark.parametrize(
    "before",
    [
        "postgres" + "ql://owner:",
        "postgres" + "://owner:a @",
        '{"password": "npg_',
        '{"password": "',
        "pgpassword=",
        "the key napi_",
    ],
)
def test_no_sentence_repeats_a_connection_string_or_a_secret(status: int, before: str) -> None:
    said = str(http_error(ASKED, status, message=f'cannot use {before}hunter2"}} here'))
    assert ("hunter2" in said, "cannot use" in said) == (False, True)


def test_a_message_that_no_terminal_can_show_is_told_as_far_as_it_can_be() -> None:
    assert "cannot use ? here" in str(http_error(ASKED, 422, message="cannot use \ud800 here")).encode().decode()
