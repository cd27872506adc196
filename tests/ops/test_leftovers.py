"""What may be removed when the environments are up, and what never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hosting.backend_state import Backend, Part
from hosting.backends import backend_stack
from hosting.lookups import HostedBranch
from ops.leftovers import Layout, described, nobodys, unused_stacks, why_kept
from tests.ops.test_layout import DEV, PROD, STAGING

APP = "d1"
EVERYBODY = (DEV, STAGING, PROD)
LAYOUT = Layout(members=EVERYBODY, verified=EVERYBODY)
OURS = {"pulumi:project": "realtechee", "pulumi:stack": "dev"}
LEGACY = HostedBranch(app_id=APP, name="prod-v2", stage="NONE", auto_build=True, variables={}, tags={})


def stack(branch: str) -> str:
    return backend_stack(APP, branch)


def test_a_branch_that_nobody_needs_may_go() -> None:
    assert why_kept(LEGACY, LAYOUT, [LEGACY]) is None


@pytest.mark.parametrize(
    ("branch", "reason"),
    [
        (replace(LEGACY, name="production"), "Pulumi.prod.yaml names it"),
        (replace(LEGACY, name="main"), "Pulumi.dev.yaml names it"),
        (replace(LEGACY, tags=OURS), "it is that of the stack realtechee/dev, by its tags"),
        (replace(LEGACY, stage="PRODUCTION"), "its stage is PRODUCTION"),
        (replace(LEGACY, hosts=("shop.example", "www.shop.example")), "shop.example, www.shop.example leads to it"),
    ],
)
def test_a_branch_that_somebody_needs_stays(branch: HostedBranch, reason: str) -> None:
    assert (why_kept(branch, LAYOUT, [branch]) or "").startswith(reason)


def test_a_branch_whose_backend_another_one_uses_stays() -> None:
    user = replace(LEGACY, name="trial", variables={"BACKEND_STACK": stack("prod-v2")})
    assert why_kept(LEGACY, LAYOUT, [LEGACY, user]) == "the builds of trial use its backend"


def test_backends_of_legacy_branches_and_of_those_that_share_are_unused() -> None:
    assert unused_stacks(APP, ["prod-v2"], LAYOUT, [LEGACY]) == [stack("prod-v2"), stack("staging")]


def test_a_backend_stays_that_a_branch_uses_or_whose_environment_was_not_verified() -> None:
    user = replace(LEGACY, name="trial", variables={"BACKEND_STACK": stack("prod-v2")})
    production = Layout(members=EVERYBODY, verified=(PROD,))
    assert unused_stacks(APP, ["prod-v2"], production, [LEGACY, user]) == []


def test_a_backend_stays_that_a_branch_of_the_same_name_as_an_environments_has_in_this_app() -> None:
    elsewhere = replace(LEGACY, name="staging")  # the environment of that git branch is in another app
    assert unused_stacks(APP, ["prod-v2"], LAYOUT, [LEGACY, elsewhere]) == [stack("prod-v2")]
    shares = replace(elsewhere, variables={"BACKEND_MODE": "shared", "BACKEND_STACK": stack("main")})
    without = replace(elsewhere, variables={"BACKEND_MODE": "none"})
    for one in (shares, without):
        assert unused_stacks(APP, [], LAYOUT, [one]) == [stack("staging")]


def test_a_branch_that_uses_its_own_backend_alone_may_go_with_it() -> None:
    own = replace(LEGACY, variables={"BACKEND_MODE": "own", "BACKEND_STACK": stack("prod-v2")})
    assert why_kept(own, LAYOUT, [own]) is None
    assert stack("prod-v2") in unused_stacks(APP, ["prod-v2"], LAYOUT, [own])


def test_branches_of_nobody_are_found() -> None:
    there = [LEGACY, *(replace(LEGACY, name=name) for name in ("main", "production", "staging"))]
    assert nobodys([*there, replace(LEGACY, name="preview", tags=OURS)], LAYOUT) == ["prod-v2"]


def test_what_is_lost_is_named_without_values() -> None:
    branch = replace(LEGACY, variables={"KEY": "a-value"})
    table = Part(kind="AWS::DynamoDB::Table", logical="RequestTable", id="Request-1")
    backend = Backend(name="amplify-x", status="CREATE_COMPLETE", outputs={}, parts=(table,))
    lines = list(described([branch], [backend], {"Request-1": 12}))
    assert lines == [
        "the Amplify branch prod-v2 of the app d1, its builds, its variables KEY, and what it serves",
        "the backend stack amplify-x with all that it holds, such as the tables Request-1 (about 12 records)",
    ]
