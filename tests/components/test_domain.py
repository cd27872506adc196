"""Which association of a host name is this stack's."""

from __future__ import annotations

import pytest

from components.naming import DOMAIN, Identity
from components.preflight.domain import check_domain
from components.settings.models import EnvironmentSettings, Stage
from hosting.domains import Domain
from hosting.lookups import HostedBranch

IDENTITY = Identity(project="nailit", stack="staging")
HOST = "staging.nailit.app"
ENVIRONMENT = EnvironmentSettings(git_branch="new", stage=Stage.BETA, owner="qa", url=f"https://{HOST}", domain=True)


def branch(name: str, domain: str | None) -> HostedBranch:
    tags = {**IDENTITY.tags, **({} if domain is None else {DOMAIN: domain})}
    return HostedBranch(app_id="d1", name=name, stage="BETA", auto_build=True, variables={}, tags=tags)


@pytest.mark.parametrize(
    ("leads", "wanted", "other", "ours"),
    [
        ({"": "old"}, None, HOST, True),
        ({"": "old"}, HOST, HOST, True),
        ({"": "old"}, HOST, None, False),
        ({"": "old"}, HOST, "nailit.app", False),
        ({"": "old", "www": "old"}, HOST, HOST, False),
        ({"": "theirs"}, HOST, HOST, False),
        ({"": "new"}, HOST, HOST, True),
    ],
)
def test_an_association_is_ours_also_where_it_leads_to_the_branch_that_a_change_leaves(
    leads: dict[str, str], wanted: str | None, other: str | None, ours: bool
) -> None:
    domain = Domain(name=HOST, status="AVAILABLE", branches=leads, records=())
    new = None if wanted is None else branch("new", wanted)
    found = check_domain(ENVIRONMENT, IDENTITY, [domain], new, [branch("old", other)])
    assert (found.domain is not None, found.problems == ()) == (ours, ours)
