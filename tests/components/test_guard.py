"""The guard of a branch lets a deletion begin, or says before anything is gone why it would not end."""

from __future__ import annotations

from typing import Any

import pytest

from components.dynamic import Failure
from components.neon.provider import NeonProvider
from tests.components.place import GUARD, MARK, Kept, Place

Props = dict[str, Any]


def guard_of(branch: Kept, **other: Any) -> Props:
    props = {"project_id": branch.outputs["project_id"], "branch_id": branch.id, "mark": MARK, **other}
    return dict(GUARD.create(props).outs or {})


def requests(place: Place) -> list[dict[str, Any]]:
    return list(place.project.server.control("GET", "journal")["entries"])


def test_a_branch_that_may_be_deleted_is_asked_about_once_and_left_to_its_own_deletion(place: Place) -> None:
    guard = guard_of(place.branch())
    before = requests(place)
    GUARD.delete("guard", guard)
    assert [entry["action"] for entry in requests(place)[len(before) :]] == ["listProjectBranches"]
    assert place.project.show(guard["branch_id"])["name"] == "staging"


@pytest.mark.parametrize(
    ("by_hand", "says"),
    [
        (lambda place, found: place.project.branch("qa", parent_id=found), "delete qa first"),
        (
            lambda place, found: place.project.do("PATCH", f"/branches/{found}", {"branch": {"protected": True}}),
            "it is protected in Neon",
        ),
        (lambda place, found: place.project.do("POST", f"/branches/{found}/set_as_default"), "default branch"),
    ],
)
def test_what_neon_would_refuse_is_said(place: Place, by_hand: Any, says: str) -> None:
    branch = place.branch()
    by_hand(place, branch.id)
    with pytest.raises(Failure, match=says):
        GUARD.delete("guard", guard_of(branch))


def test_a_branch_that_is_not_ours_is_not_to_go(place: Place) -> None:
    with pytest.raises(Failure, match="carries another mark"):
        GUARD.delete("guard", guard_of(place.branch(), mark={**MARK, "pulumi:stack": "dev"}))


def test_a_branch_that_is_gone_stands_in_nobodys_way(place: Place) -> None:
    branch = place.branch()
    place.project.do("DELETE", f"/branches/{branch.id}")
    GUARD.delete("guard", guard_of(branch))


def test_a_project_that_does_not_show_is_gone_only_where_a_person_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = guard_of(place.branch(), project_id="p-of-others")
    with pytest.raises(Failure, match="sees no Neon project p-of-others"):
        GUARD.delete("guard", guard)
    monkeypatch.setattr(NeonProvider, "_deleted", "p-of-others")
    GUARD.delete("guard", guard)


def test_a_guard_asks_neon_nothing_while_it_stays_and_follows_its_branch(place: Place) -> None:
    before = len(requests(place))
    guard = GUARD.create({"project_id": "p-1", "branch_id": "br-1", "mark": MARK}).outs or {}
    assert GUARD.read("guard", dict(guard)).outs == guard
    assert not GUARD.diff("guard", guard, {**guard, "mark": {}}).changes
    news = {**guard, "branch_id": "br-2", "mark": {"pulumi:name": "another"}}
    found = GUARD.diff("guard", guard, news)
    assert (found.changes, found.replaces) == (True, None)
    assert GUARD.update("guard", guard, news).outs == news
    assert len(requests(place)) == before
