"""What the pre-flight says of the branch, and of a reset that is due."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.naming import Identity
from components.preflight import passwords
from components.preflight.database import check_database
from components.preflight.findings import DatabaseFindings
from components.settings.models import DatabaseSettings
from neon.client import NeonClient
from neon.kept import kept_name
from tests.components.place import LONG_AGO, MARK, Place
from tests.neon.specs import a_second_later

IDENTITY = Identity(project=MARK["pulumi:project"], stack=MARK["pulumi:stack"])


def found(place: Place, branch_id: str, **more: Any) -> DatabaseFindings:
    """Findings for a reset that is due."""
    due = a_second_later(place.client.branch(place.project.id, branch_id))
    fields = {"project": place.project.id, "branch": "staging", "source": "main", "fresh_after": due, **more}
    return check_database(DatabaseSettings(**fields), IDENTITY, lambda: place.client, production=False)


def protected(place: Place) -> str:
    branch = place.branch().id
    place.project.do("PATCH", f"/branches/{branch}", {"branch": {"protected": True}})
    return branch


def test_protection_that_up_lifts_does_not_stand_in_the_way_and_is_told(place: Place) -> None:
    said = found(place, protected(place), protected=False)
    assert said.problems == ()
    assert said.overwrites is not None
    assert said.overwrites.startswith(
        "the branch is protected in Neon, and protected: false in the settings: up lifts that"
    )


@pytest.mark.parametrize("declared", [True, None])
def test_protection_that_the_settings_do_not_lift_stands_in_the_way(place: Place, declared: bool | None) -> None:
    (problem,) = found(place, protected(place), protected=declared).problems
    assert "with protected: false in the database settings, up lifts that before it resets" in problem.text


@pytest.mark.parametrize("because", ["asked for", "children", "nothing"])
def test_a_branch_of_the_copys_name_stands_in_the_way_of_a_reset_that_keeps(place: Place, because: str) -> None:
    ours = place.branch().id
    due = a_second_later(place.client.branch(place.project.id, ours))
    if because == "children":
        place.project.branch("qa", parent_id=ours)
    place.project.branch(kept_name("staging", due), endpoint=False)
    problems = found(place, ours, keep=because == "asked for").problems
    assert ["Delete or rename" in problem.text for problem in problems] == ([] if because == "nothing" else [True])


def test_the_copy_has_the_name_that_up_gives_the_branch_first(place: Place) -> None:
    ours = place.branch().id
    due = a_second_later(place.client.branch(place.project.id, ours))
    assert f"kept as the branch {kept_name('renamed', due)!r}" in str(found(place, ours, branch="renamed", keep=True))
    place.project.branch(kept_name("renamed", due), endpoint=False)
    (problem,) = found(place, ours, branch="renamed", keep=True).problems
    assert "Delete or rename" in problem.text


def test_a_source_that_expires_is_refused_for_a_branch_that_is_yet_to_be_made(place: Place) -> None:
    source = place.project.branch("short")
    place.project.do("PATCH", f"/branches/{source}", {"branch": {"expires_at": place.in_days(2)}})
    settings = DatabaseSettings(project=place.project.id, branch="staging", source="short")
    (problem,) = check_database(settings, IDENTITY, lambda: place.client, production=False).problems
    assert problem.path == "components:database.source"
    assert "'short' is deleted by Neon at 20" in problem.text


def test_a_source_without_the_database_or_the_role_is_refused_before_a_copy_is_made_or_data_is_overwritten(
    place: Place,
) -> None:
    names: dict[str, Any] = {"project": place.project.id, "branch": "staging", "source": "main", "database": "shop"}
    settings = DatabaseSettings(**names, role="app")
    (problem,) = check_database(settings, IDENTITY, lambda: place.client, production=False).problems
    assert problem.path == "components:database"
    assert "has no database 'shop' and no role 'app', so a copy of it would have none either" in problem.text
    (problem,) = found(place, place.branch().id, database="shop").problems
    assert "has no database 'shop', so" in problem.text


def test_that_an_adopted_branch_expires_is_told(place: Place) -> None:
    theirs = place.project.branch("theirs")
    settings = DatabaseSettings(project=place.project.id, branch="theirs", adopt=True)

    def notices() -> tuple[str, ...]:
        return check_database(settings, IDENTITY, lambda: place.client, production=False).notices

    assert notices() == ()
    place.project.do("PATCH", f"/branches/{theirs}", {"branch": {"expires_at": place.in_days(2)}})
    (said,) = notices()
    assert "'theirs'" in said
    assert "Neon deletes it and all its data at 20" in said


def test_what_resets_of_an_adopted_branch_kept_is_named_too(place: Place) -> None:
    place.project.branch("mine")
    kept = kept_name("mine", LONG_AGO)
    place.project.branch(kept, endpoint=False)
    settings = DatabaseSettings(project=place.project.id, branch="mine", source="main", adopt=True)
    said = check_database(settings, IDENTITY, lambda: place.client, production=False)
    assert kept in str(said.kept)
    assert said.project_names == {place.project.id, place.client.project(place.project.id).name}


def test_when_neon_deletes_a_branch_is_told_by_neons_clock(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NeonClient, "server_date", "Tue, 01 Jan 2041 12:00:00 GMT")
    settings = DatabaseSettings(project=place.project.id, branch="staging", source="main", ttl="1d")
    (notice,) = check_database(settings, IDENTITY, lambda: place.client, production=False).notices
    assert "deleted by Neon, its data with it, at 2041-01-02T12:00:00Z" in notice


@pytest.mark.parametrize("production", [True, False])
def test_the_default_branch_is_productions_alone(place: Place, production: bool) -> None:
    settings = DatabaseSettings(project=place.project.id, branch="main", adopt=True)
    problems = check_database(settings, IDENTITY, lambda: place.client, production=production).problems
    told = ["whose stage is PRODUCTION" in problem.text for problem in problems]
    assert told == ([] if production else [True])


@pytest.mark.parametrize("key", ["fresh_after", "password_after"])
@pytest.mark.parametrize("made", [True, False])
def test_a_time_that_is_ahead_of_neons_clock_is_refused_before_anything_is_made_or_asked(
    place: Place, key: str, made: bool
) -> None:
    if made:
        place.branch()
    settings = {"project": place.project.id, "branch": "staging", "source": "main", key: place.in_days(1)}
    problems = check_database(DatabaseSettings(**settings), IDENTITY, lambda: place.client, production=False).problems
    assert [problem.path for problem in problems] == [f"components:database.{key}"]
    assert problems[0].text.startswith(key)
    assert re.search(r"is 8\d{4} s ahead of Neon's clock", problems[0].text)


def test_a_password_that_another_branch_has_too_is_due_by_neons_clock_whatever_this_machines_is(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.branch()
    monkeypatch.setattr(passwords, "now", lambda: "2999-01-01T00:00:00Z")
    fields = {"project": place.project.id, "branch": "staging", "source": "main", "password_after": LONG_AGO}
    told = check_database(DatabaseSettings(**fields), IDENTITY, lambda: place.client, production=False)
    assert told.password.renews is not None
    assert told.password.wanted is not None
    assert LONG_AGO < told.password.wanted < "2999"
    assert told.problems == ()
