"""What a change of git_branch that is taken back finds in a state, and when it is too late for it."""

from __future__ import annotations

import pytest

from hosting.lookups import HostedBranch
from ops.pulumi import OpsError
from ops.turning_back import branches_among, held_for_deletion, refuse_done


def resource(kind: str, *, delete: bool, **inputs: str) -> dict[str, object]:
    return {"type": kind, "urn": f"urn::{kind}", "inputs": inputs, **({"delete": True} if delete else {})}


def test_only_what_the_state_holds_for_deletion_is_forgotten() -> None:
    kind = "aws:amplify/branch:Branch"
    old, new = (resource(kind, delete=one == "old", branchName=one) for one in ("old", "new"))
    copy = resource("aws:ssm/parameter:Parameter", delete=True, name="/amplify/d1/old/KEY")
    held = held_for_deletion({"deployment": {"resources": [new, old, copy]}})
    assert held == [old, copy]
    assert branches_among(held) == {"old"}
    assert held_for_deletion({"deployment": {}}) == []


def test_a_branch_that_a_host_name_leads_to_is_not_deleted() -> None:
    def newer(*hosts: str) -> HostedBranch:
        return HostedBranch(
            app_id="d1", name="new", stage="BETA", auto_build=True, variables={}, tags={}, hosts=tuple(hosts)
        )

    refuse_done([newer()], "staging")
    with pytest.raises(OpsError, match=r"a\.example leads to the Amplify branch new already"):
        refuse_done([newer("a.example")], "staging")
