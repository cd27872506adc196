"""What is said of the branch of a database that the settings no longer have, and of one that is never replaced."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.dynamic import Change
from components.naming import Identity
from components.neon.differences import BRANCH_RULES
from components.preflight.removed import Removed, check_removed
from components.preflight.stacks import StackOutputs
from components.settings.reading import read_draft
from neon.client import NeonClient
from neon.errors import NeonRefused
from neon.models import Compute
from tests.components.place import MARK, Kept, Place
from tests.neon.scripted import Reply, scripted

IDENTITY = Identity(project=MARK["pulumi:project"], stack=MARK["pulumi:stack"])


def identity_of(place: Place) -> Identity:
    """A stack for each project: what is looked for is looked for in all of them."""
    return replace(IDENTITY, stack=f"of-{place.project.id}")


def own(place: Place, **more: Any) -> Kept:
    identity = identity_of(place)
    return place.branch(mark=dict(identity.mark(identity.name("database"))), **more)


def found(place: Place, branch_id: str | None, database: object = None) -> Removed:
    """Findings for these settings, after an up that had this branch."""
    known = {} if branch_id is None else {"neon_project_id": place.project.id, "neon_branch_id": branch_id}
    config = {} if database is None else {f"{IDENTITY.project}:database": json.dumps(database)}
    draft, _ = read_draft(config, IDENTITY.project)
    here, identity = {place.project.id}, identity_of(place)
    return check_removed(draft, identity, lambda: place.client, lambda _: StackOutputs(values=known), projects=here)


def no_client() -> NeonClient:
    raise AssertionError("Neon is not asked")


def test_it_is_said_what_goes_with_the_branch_and_what_stays(place: Place) -> None:
    ours = own(place)
    kept = place.project.branch("staging-kept-20260301T000000Z")
    said = found(place, ours.id)
    assert said.problems == ()
    assert said.says is not None
    assert said.says.startswith(f"up deletes the Neon branch 'staging' ({ours.id}, ")
    assert f"last copied at {ours.outputs['created_at']}" in said.says
    assert place.project.show(kept)["name"] in said.says


def test_an_adopted_branch_is_left_in_place(place: Place) -> None:
    said = found(place, place.project.branch("staging"))
    assert said.says is not None
    assert said.says.startswith("up leaves the Neon branch 'staging'")


@pytest.mark.parametrize("also", ["a child", "protection"])
def test_what_neon_would_refuse_at_the_end_is_a_problem_at_the_beginning(place: Place, also: str) -> None:
    ours = own(place, protected=also == "protection")
    if also == "a child":
        place.project.branch("qa", parent_id=ours.id)
    (problem,) = found(place, ours.id).problems
    assert problem.path == "components:database"
    assert ("delete qa first" if also == "a child" else "set protected: false") in problem.text


@pytest.mark.parametrize("case", ["never had one", "gone already", "still there", "wrong"])
def test_nothing_is_said_where_nothing_is_lost(place: Place, case: str) -> None:
    there = {"project": "p", "branch": "staging", "source": "main"}
    database = {"still there": there, "wrong": {**there, "branch": 1}}.get(case)
    ours = None if case == "never had one" else "br-gone-1" if case == "gone already" else own(place).id
    assert found(place, ours, database) == Removed()


def test_a_project_that_does_not_show_is_a_problem_unless_a_person_says_that_it_was_deleted(place: Place) -> None:
    draft, _ = read_draft({}, IDENTITY.project)
    known = StackOutputs(values={"neon_project_id": "p-gone", "neon_branch_id": "br-gone-1"})
    (problem,) = check_removed(draft, IDENTITY, lambda: place.client, lambda _: known).problems
    assert "sees no Neon project p-gone" in problem.text
    assert check_removed(draft, IDENTITY, no_client, lambda _: known, deleted="p-gone") == Removed()


def never(_: str) -> StackOutputs:
    raise LookupError("unknown stack")


def searched(place: Place, *projects: str) -> Removed:
    """Findings where no up has ended."""
    draft, _ = read_draft({}, IDENTITY.project)
    return check_removed(draft, identity_of(place), lambda: place.client, never, projects=set(projects))


@pytest.mark.parametrize("by", ["name", "id", "nothing", "another"])
def test_a_branch_of_an_up_that_did_not_end_is_found_by_its_mark_wherever_it_is(place: Place, by: str) -> None:
    project = place.client.project(place.project.id)
    named = {"name": project.name, "id": project.id, "another": "of-another-stack"}
    likely = [named[by]] if by in named else []
    assert searched(place, *likely) == Removed()
    ours = own(place)
    said = searched(place, *likely)
    assert f"({ours.id}, " in str(said.says)
    assert "of an up that did not end" in str(said.says)


def test_the_branch_that_came_after_the_one_of_the_last_whole_up_is_found(place: Place) -> None:
    ours = own(place)
    assert f"({ours.id}, " in str(found(place, "br-gone-1").says)


def test_what_neon_would_refuse_of_it_is_a_problem_too(place: Place) -> None:
    own(place, protected=True)
    (problem,) = searched(place, place.project.id).problems
    assert "set protected: false" in problem.text


def test_two_branches_of_one_mark_are_a_problem(place: Place) -> None:
    own(place)
    mark = identity_of(place).mark(identity_of(place).name("database"))
    place.client.create_branch(place.project.id, branch={"name": "again"}, compute=Compute(), mark=mark)
    (problem,) = searched(place).problems
    assert "carry the same mark" in problem.text


def test_where_neon_does_not_answer_nobody_says_that_nothing_is_lost() -> None:
    draft, _ = read_draft({}, IDENTITY.project)
    with scripted(Reply(status=400)) as script:
        (problem,) = check_removed(draft, IDENTITY, script.client, never).problems
    assert "up would delete the branch that this stack may have, and cannot" in problem.text


def test_a_key_that_may_not_list_projects_is_told() -> None:
    draft, _ = read_draft({}, IDENTITY.project)
    with scripted(Reply(status=403)) as script:
        said = check_removed(draft, IDENTITY, script.client, never)
    assert "cannot be told, for the API key does not list" in str(said.says)


def test_a_stack_without_a_database_needs_no_neon() -> None:
    def without_a_key() -> NeonClient:
        raise NeonRefused("there is no Neon API key")

    assert check_removed(read_draft({}, IDENTITY.project)[0], IDENTITY, without_a_key, never) == Removed()


def test_no_change_of_the_settings_replaces_a_branch() -> None:
    assert Change.REPLACES not in {rule.change for rule in BRANCH_RULES.values()}
