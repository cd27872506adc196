"""A reset that keeps the old data keeps all of it, and is not made twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from neon.branches import ensure_branch, find_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.clock import let_pass, seconds_ahead
from neon.errors import NeonNoDatabase, NeonNoEndpoint, NeonRefused, NeonUnreachable, Request
from neon.kept import kept_name
from neon.models import Branch, Operation
from neon.resets import ensure_fresh
from neon.transport import Credentials
from tests.localcloud.neon.driver import KEY, Project
from tests.neon.scripted import Reply, branch_json, scripted
from tests.neon.specs import a_second_later, client_at, reset_spec

MARK = {"pulumi:project": "resets", "pulumi:stack": "staging"}


def made(project: Project, client: NeonClient) -> Branch:
    spec = BranchSpec(project_id=project.id, name="staging", source="main", mark=MARK)
    return restored(project, client, ensure_branch(client, spec))


def restored(project: Project, client: NeonClient, branch: Branch) -> Branch:
    """Once by hand: Neon's times are whole seconds, and a later reset is always in a later one."""
    project.do("POST", f"/branches/{branch.id}/restore", {"source_branch_id": project.root})
    return client.branch(project.id, branch.id)


def restores(project: Project) -> int:
    here = f"/projects/{project.id}/"
    entries = project.server.control("GET", "journal")["entries"]
    return sum(e["action"] == "restoreProjectBranch" and here in e["path"] for e in entries)


def test_a_branch_of_the_copys_name_is_no_proof_that_the_data_is_kept(project: Project) -> None:
    client = client_at(project.server.address)
    branch = made(project, client)
    wanted = a_second_later(branch)
    kept = project.branch(kept_name("staging", wanted), endpoint=False)
    with pytest.raises(NeonRefused, match=rf"there is such a branch \({kept}, .*set a later fresh_after"):
        ensure_fresh(client, reset_spec(branch, wanted, MARK, keep=True))
    assert restores(project) == 1
    later = a_second_later(restored(project, client, branch))
    ensure_fresh(client, reset_spec(branch, later, MARK, keep=True))
    assert find_branch(client, project.id, kept_name("staging", later)) is not None


def test_a_freshness_that_is_a_moment_ahead_of_neons_clock_is_waited_for() -> None:
    with scripted(Reply(body={"branch": branch_json()})) as script:
        client = script.client()
        client.branch("p-1", "br-one-1")
        soon = parsedate_to_datetime(client.server_date or "") + timedelta(seconds=3)
        let_pass(client, soon.isoformat(), what="fresh_after")
        assert script.sleeps == [3.0]
        assert script.said[0].startswith("waiting for Neon's clock, 3 s")


def test_a_freshness_that_is_ahead_of_neons_clock_is_refused_before_anything_is_overwritten(project: Project) -> None:
    client = client_at(project.server.address)
    branch = made(project, client)
    wanted = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
    with pytest.raises(NeonRefused, match=r"1[78]\d s ahead of Neon's clock.*set an earlier fresh_after"):
        ensure_fresh(client, reset_spec(branch, wanted, MARK, keep=True))
    assert restores(project) == 1
    assert find_branch(client, project.id, kept_name("staging", wanted)) is None


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [("2026-11-25T15:00:00.5Z", 0.5), ("2026-11-25T16:00:03+01:00", 3), ("2026-11-25T14:59:59Z", 0)],
)
def test_a_time_is_compared_with_that_of_neons_reply(wanted: str, seconds: float) -> None:
    assert seconds_ahead(wanted, "Wed, 25 Nov 2026 15:00:00 GMT") == seconds


@pytest.mark.parametrize("date", [None, "", "soon"])
def test_a_reply_without_a_date_tells_nothing(date: str | None) -> None:
    assert seconds_ahead("2999-01-01T00:00:00Z", date) == 0


def test_data_that_is_fresh_is_accepted_only_on_a_branch_that_is_as_it_must_be(project: Project) -> None:
    client = client_at(project.server.address)
    branch = made(project, client)
    fresh = reset_spec(branch, branch.created_at, MARK)
    assert ensure_fresh(client, fresh).id == branch.id
    (endpoint,) = client.endpoints(project.id, branch.id)
    project.do("DELETE", f"/endpoints/{endpoint.id}")
    with pytest.raises(NeonNoEndpoint):
        ensure_fresh(client, fresh)


@pytest.mark.parametrize("gone", ["/databases/neondb", "/roles/neondb_owner"])
def test_a_reset_brings_back_the_database_or_the_role_that_somebody_dropped(project: Project, gone: str) -> None:
    client = client_at(project.server.address)
    branch = made(project, client)
    project.do("DELETE", f"/branches/{branch.id}/databases/neondb")
    project.do("DELETE", f"/branches/{branch.id}{gone}")
    ensure_fresh(client, reset_spec(branch, a_second_later(branch), MARK))
    assert project.rows(branch.id) == [1, 2]


@pytest.mark.parametrize(
    ("changed", "lacks"), [({"database": "shop"}, "no database 'shop'"), ({"role": "app"}, "no role 'app'")]
)
def test_a_reset_from_a_source_without_the_database_or_the_role_overwrites_nothing(
    project: Project, changed: dict[str, Any], lacks: str
) -> None:
    client = client_at(project.server.address)
    branch = made(project, client)
    project.sql(branch.id, "INSERT INTO visits VALUES (3)")
    spec = replace(reset_spec(branch, a_second_later(branch), MARK), **changed)
    with pytest.raises(NeonNoDatabase, match=rf"the Neon branch 'main' \(.*\) has {lacks}, so a copy of it would have"):
        ensure_fresh(client, spec)
    assert (restores(project), project.rows(branch.id)) == (1, [1, 2, 3])  # the one by hand


class Late(NeonClient):
    """Neon's reply to a restore is lost, and the first look after it does not show it yet."""

    def __init__(self, project: Project) -> None:
        super().__init__(Credentials(api_key=KEY, host=f"{project.server.address}/api/v2"))
        self.shows: list[Branch] = []

    def restore_branch(self, project_id: str, branch_id: str, **more: Any) -> list[Operation]:
        self.shows = [super().branch(project_id, branch_id)]
        super().restore_branch(project_id, branch_id, **more)
        request = Request(method="POST", path="/restore", request_id="r-1")
        raise NeonUnreachable("cut off", request=request, maybe_applied=True, retryable=False)

    def branch(self, project_id: str, branch_id: str) -> Branch:
        return self.shows.pop() if self.shows else super().branch(project_id, branch_id)


def test_a_copy_that_shows_after_a_lost_reply_is_that_of_this_reset_when_the_data_is_fresh(project: Project) -> None:
    client = Late(project)
    branch = made(project, client)
    wanted = a_second_later(branch)
    after = ensure_fresh(client, reset_spec(branch, wanted, MARK, keep=True))
    assert after.last_reset_at is not None
    assert restores(project) == 2
    assert find_branch(client, project.id, kept_name("staging", wanted)) is not None


class Lagging(Late):
    """It goes on not to show it until Neon's operations were waited for once more."""

    waits = 2

    def branch(self, project_id: str, branch_id: str) -> Branch:
        return self.shows[0] if self.shows else NeonClient.branch(self, project_id, branch_id)

    def operations(self, project_id: str, **more: Any) -> list[Operation]:
        found = super().operations(project_id, **more)
        self.waits -= bool(self.shows)
        self.shows = self.shows if self.waits else []
        return found


def test_what_a_lost_reply_has_left_under_way_is_waited_for_before_a_copy_is_taken_for_anothers(
    project: Project,
) -> None:
    client = Lagging(project)
    branch = made(project, client)
    after = ensure_fresh(client, reset_spec(branch, a_second_later(branch), MARK, keep=True))
    assert after.last_reset_at not in (None, branch.last_reset_at)
    assert restores(project) == 2
