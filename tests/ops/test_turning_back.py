"""What a change of git_branch that is taken back finds in a state, and when it is too late for it."""

from __future__ import annotations

import pytest

from hosting.lookups import HostedBranch
from ops.pulumi import OpsError
from ops.turning_back import held_for_deletion, nothing_to_turn_back, refuse_done


def resource(kind: str, *, delete: bool, **inputs: str) -> dict[str, object]:
    return {"type": kind, "urn": f"urn::{kind}", "inputs": inputs, **({"delete": True} if delete else {})}


def test_only_what_the_state_holds_of_the_branch_for_deletion_is_forgotten() -> None:
    branch, parameter, role = (
        "aws:amplify/branch:Branch",
        "aws:ssm/parameter:Parameter",
        "pulumi-python:dynamic/amplify:ComputeRole",
    )
    mine = [
        resource(branch, delete=True, appId="d1", branchName="old"),
        resource(parameter, delete=True, name="/amplify/d1/old/KEY"),
        resource(role, delete=True, app_id="d1", branch="old"),
    ]
    others = [
        resource(branch, delete=False, appId="d1", branchName="old"),
        resource(branch, delete=True, appId="d2", branchName="old"),
        resource(branch, delete=True, appId="d1", branchName="older"),
        resource(parameter, delete=True, name="/amplify/d1/older/KEY"),
        resource("pulumi-python:dynamic/neon:Branch", delete=True, branch="old"),
    ]
    assert held_for_deletion({"deployment": {"resources": [*mine, *others]}}, "d1", "old") == mine
    assert held_for_deletion({"deployment": {}}, "d1", "old") == []


def test_who_has_the_new_name_in_the_settings_still_is_told_to_put_the_old_one_back_first() -> None:
    old = resource("aws:amplify/branch:Branch", delete=True, appId="d1", branchName="old")
    said = nothing_to_turn_back({"deployment": {"resources": [old]}}, "new", "staging")
    assert said.startswith("the change from old of the app d1 to new is not done, and the settings still have it: put")
    assert "there is nothing to turn back" in nothing_to_turn_back({"deployment": {}}, "new", "staging")


def test_a_branch_that_a_host_name_leads_to_is_not_deleted() -> None:
    def newer(*hosts: str) -> HostedBranch:
        return HostedBranch(
            app_id="d1", name="new", stage="BETA", auto_build=True, variables={}, tags={}, hosts=tuple(hosts)
        )

    refuse_done([newer()], "d1", "staging")
    with pytest.raises(OpsError, match=r"a\.example leads to the Amplify branch new already"):
        refuse_done([newer("a.example")], "d1", "staging")
