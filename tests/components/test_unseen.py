"""What an up that nobody looks at may not lose."""

from __future__ import annotations

import pytest

from components.naming import ADOPTED, MADE, Identity
from components.preflight.changed_branch import begun_instead, left_others, not_adopted, turned_back
from components.preflight.findings import DatabaseFindings
from components.preflight.removed import Removed
from components.preflight.stacks import Left, StackOutputs, left_branch
from components.preflight.unseen import unseen_losses
from components.settings.models import EnvironmentSettings, Stage
from components.settings.supposed import NOTHING, OVERWRITTEN
from hosting.lookups import HostedBranch

IDENTITY = Identity(project="nailit", stack="staging")
RESET = DatabaseFindings(overwrites="the reset overwrites all data", losses=("Neon deletes it sooner",))


def refused(allowed: str, database: DatabaseFindings, removed: Removed, left: Left | None = None) -> list[str]:
    return [str(one) for one in unseen_losses(IDENTITY, allowed, database, removed, left)]


@pytest.mark.parametrize(("allowed", "count"), [(NOTHING, 2), (OVERWRITTEN, 1)])
def test_a_reset_that_was_asked_for_may_overwrite_and_nothing_else_may_go_by_the_way(allowed: str, count: int) -> None:
    said = refused(allowed, RESET, Removed())
    assert len(said) == count
    assert said[-1].startswith("nailit:database: Neon deletes it sooner. Nobody has looked at a preview of that")
    assert "`pulumi up -s staging` shows it" in said[-1]


def test_a_database_out_of_the_settings_is_kept_and_what_was_adopted_is_left_without_a_question() -> None:
    assert len(refused(OVERWRITTEN, DatabaseFindings(), Removed(says="up deletes the Neon branch"))) == 1
    assert refused(NOTHING, DatabaseFindings(), Removed(says="up leaves it as it is", loses=False)) == []


@pytest.mark.parametrize(
    ("before", "loses"),
    [
        ({"git_branch": "old"}, True),
        ({"app_id": "d2"}, True),
        ({"git_branch": "old", "adopted": False}, True),
        ({}, None),
        ({"git_branch": "old", "backend_mode": "shared"}, False),
        ({"app_id": "d2", "backend_mode": "none"}, False),
        ({"git_branch": "left", "backend_mode": "shared"}, True),
        ({"git_branch": "left", "backend_mode": "none"}, True),
        ({"git_branch": "left", "adopted": True}, None),
    ],
)
@pytest.mark.parametrize("adopt", [False, True])
def test_an_amplify_branch_that_an_up_leaves_goes_and_maybe_a_backend_with_it_whatever_is_adopted_now(
    before: dict[str, object], loses: bool | None, adopt: bool
) -> None:
    environment = EnvironmentSettings(git_branch="staging", stage=Stage.BETA, owner="qa", adopt=adopt)
    outputs = StackOutputs(values={"app_id": "d1", "git_branch": "staging", "backend_mode": "own", **before})
    left = left_branch(
        IDENTITY, environment, "d1", lambda app, branch: (app, branch) == ("d1", "left"), lambda _: outputs
    )
    assert (None if left is None else left.loses) == loses
    assert left is None or ("Amplify may delete its backend" in left.says) == loses
    assert len(refused(NOTHING, DatabaseFindings(), Removed(), left)) == bool(loses)


def made(name: str, at: str, stack: str = "staging", **more: str) -> HostedBranch:
    tags = {**IDENTITY.tags, "pulumi:stack": stack, MADE: at, **more}
    return HostedBranch(app_id="d1", name=name, stage="BETA", auto_build=True, variables={}, tags=tags)


@pytest.mark.parametrize(("stack", "at", "count"), [("staging", "1", 1), ("staging", "3", 0), ("dev", "1", 0)])
def test_a_change_is_taken_back_only_by_an_older_branch_of_the_same_stack(stack: str, at: str, count: int) -> None:
    begun = begun_instead(made("a", at, stack), [made("b", "2")], IDENTITY)
    assert len(turned_back(made("a", at, stack), begun, IDENTITY)) == count


def test_a_change_to_an_adopted_branch_is_not_taken_back_either_and_that_branch_is_not_told_to_go() -> None:
    adopted = made("b", "2", **{ADOPTED: "true"})
    assert begun_instead(made("a", "1"), [adopted], IDENTITY) == [adopted]
    assert begun_instead(adopted, [made("c", "3")], IDENTITY) == [], "nothing deletes what was adopted"
    assert left_others(not_adopted([adopted]), lambda *_: True) is None


@pytest.mark.parametrize("loses", [False, True])
def test_every_branch_that_is_left_is_told_and_loses_what_its_backend_has(loses: bool) -> None:
    left = left_others([made("a", "1"), made("b", "2")], lambda _, branch: loses and branch == "b")
    assert left is not None
    assert (left.loses, left.says.count("up deletes the Amplify branch")) == (loses, 2)
