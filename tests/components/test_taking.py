"""Whose an Amplify branch is, and what a stack is told that may not have it."""

from __future__ import annotations

import pytest

from components.naming import ADOPTED, MADE, Identity
from components.preflight.taking import not_taken
from components.settings.models import EnvironmentSettings, Stage
from hosting.lookups import HostedBranch

IDENTITY = Identity(project="nailit", stack="staging")
OWN = dict(IDENTITY.tags)


def said(tags: dict[str, str], *, adopt: bool) -> str:
    environment = EnvironmentSettings(git_branch="qa", stage=Stage.BETA, owner="qa", adopt=adopt)
    branch = HostedBranch(app_id="d1", name="qa", stage="BETA", auto_build=True, variables={}, tags=tags, arn="arn:qa")
    problem = not_taken(environment, IDENTITY, branch, "shop")
    return "" if problem is None else str(problem)


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({**OWN, "pulumi:stack": "dev"}, "nailit/dev"),
        ({**OWN, "pulumi:project": "shop"}, "shop/staging"),
        ({**OWN, "pulumi:stack": "acme/nailit/dev"}, "nailit/dev"),
        ({"pulumi:stack": "dev"}, "nailit/dev"),
    ],
)
def test_a_branch_that_another_stack_may_have_is_not_taken_over_before_that_stack_has_left_it(
    tags: dict[str, str], owner: str, adopt: bool
) -> None:
    text = said({"owner": "them", **tags, MADE: "1", ADOPTED: "true"}, adopt=adopt)
    assert f"the Amplify branch 'qa' of shop carries the tags of the stack {owner}: name another git_branch" in text
    assert f"put this stack's git_branch back; give {owner} adopt: true and run its up; when that has succee" in text
    named = " ".join(sorted({*tags, MADE, ADOPTED}))
    assert f"aws amplify untag-resource --resource-arn arn:qa --tag-keys {named}. Where" in text


@pytest.mark.parametrize(
    ("tags", "free", "adopted"),
    [
        ({}, False, True),
        ({"owner": "them"}, False, True),
        (OWN, True, True),
        ({**OWN, ADOPTED: "true"}, False, True),
        ({**OWN, "pulumi:stack": "acme/nailit/staging"}, False, True),
        ({"pulumi:stack": "staging"}, False, True),
        ({"pulumi:project": "shop"}, False, True),
    ],
)
def test_a_branch_that_is_nobody_elses_is_taken_where_it_is_ours_or_to_be_adopted(
    tags: dict[str, str], free: bool, adopted: bool
) -> None:
    assert (said(tags, adopt=False) == "", said(tags, adopt=True) == "") == (free, adopted)
