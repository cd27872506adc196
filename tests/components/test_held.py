"""A rollback's hold speaks against an up, also against one that leads to another Amplify branch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from components.naming import Identity
from components.preflight import held as module
from components.preflight.findings import HostingFindings
from components.preflight.held import held
from components.preflight.stacks import StackOutputs
from hosting.holds import TAG
from hosting.lookups import HostedBranch

IDENTITY = Identity(project="nailit", stack="staging")
AWS: Any = SimpleNamespace()


def branch(name: str, app_id: str = "d1", **tags: str) -> HostedBranch:
    return HostedBranch(
        app_id=app_id, name=name, stage="BETA", auto_build=True, variables={}, tags={**IDENTITY.tags, **tags}
    )


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (branch("new"), branch("old", **{TAG: "build 7 since then"}), "as the Amplify branch old of the app d1"),
        (None, branch("old", "d2", **{TAG: "build 7 since then"}), "as the Amplify branch old of the app d2"),
        (branch("old", **{TAG: "build 7 since then"}), branch("old"), "held at build 7 since then: `python -m ops"),
        (branch("new"), branch("old"), None),
        (branch("new"), branch("old", **{TAG: "build 7", "pulumi:stack": "dev"}), None),
        (branch("new"), None, None),
    ],
)
def test_a_hold_is_found_where_the_settings_lead_and_where_the_last_up_led(
    monkeypatch: pytest.MonkeyPatch, now: HostedBranch | None, before: HostedBranch | None, told: str | None
) -> None:
    monkeypatch.setattr(module, "branch_of", lambda _aws, _app, _name: before)
    values = {} if before is None else {"app_id": before.app_id, "git_branch": before.name}
    said = held(IDENTITY, HostingFindings(branch=now), AWS, lambda _: StackOutputs(values=values))
    assert (said is not None) == (told is not None)
    assert told is None or told in (said or "")
