"""Branches of each kind on the emulator: nobody gets at data that is to be masked, whatever ended before its time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from neon.branches import ensure_branch, require_source, shape_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.connections import ConnectionSpec, connect_strings
from neon.errors import NeonAnonymizationFailed, NeonNotAnonymized, NeonRefused
from neon.kinds import Kind
from neon.masking import MaskingRule, rule_changes
from neon.retry import Pace
from tests.localcloud.neon.driver import Project, Server
from tests.neon.specs import client_at

NUMBERS = itertools.count(1)
MARK = {"pulumi:project": "kinds", "pulumi:stack": "dev"}
PACE = Pace(first_poll=0.01, poll=0.05, wait=20, anonymize=20)
EMAIL = MaskingRule(database="neondb", schema="public", table="people", column="email", function="anon.fake_email()")
NAME = replace(EMAIL, column="name", function=None, value="'X'")


@pytest.fixture(scope="module")
def people(server: Server) -> Project:
    rows = "INSERT INTO people VALUES ('ada@real.example', 'Ada Real')"
    return server.seed("kinds-of-the-client", "CREATE TABLE people (email text, name text)", rows)


@pytest.fixture
def client(people: Project) -> NeonClient:
    return client_at(people.server.address, PACE)


@pytest.fixture
def failing(people: Project) -> Iterator[None]:
    people.server.control("PUT", "settings", {"anonymization_fails": "run"})
    yield
    people.server.control("PUT", "settings", {"anonymization_fails": None})


def spec(people: Project, *rules: MaskingRule, kind: Kind = Kind.ANONYMIZED) -> BranchSpec:
    name = f"branch-{next(NUMBERS)}"
    return BranchSpec(project_id=people.id, name=name, source="main", mark=MARK, kind=kind, masking=rules)


def connect(client: NeonClient, people: Project, branch_id: str) -> None:
    where = ConnectionSpec(
        project_id=people.id, branch_id=branch_id, database="neondb", role="neondb_owner", anonymized=True
    )
    connect_strings(client, where)


def test_a_masked_branch_is_made_with_one_request_and_new_rules_are_applied(
    client: NeonClient, people: Project
) -> None:
    before = changes(people)
    wanted = spec(people, EMAIL)
    branch = ensure_branch(client, wanted)
    assert changes(people)[len(before) :] == ["createProjectBranchAnonymized"]
    connect(client, people, branch.id)
    assert "Ada Real" in str(people.sql(branch.id, "SELECT * FROM people"))
    shape_branch(client, wanted, branch.id, masked=True)
    assert len(changes(people)) == len(before) + 1
    shape_branch(client, replace(wanted, masking=(EMAIL, NAME)), branch.id, masked=True)
    assert "Real" not in str(people.sql(branch.id, "SELECT * FROM people"))
    people.do("DELETE", f"/branches/{branch.id}")


def changes(people: Project) -> list[str]:
    entries = people.server.control("GET", "journal")["entries"]
    return [str(one["action"]) for one in entries if one["mutating"] and people.id in one["path"]]


def test_what_could_not_be_masked_is_told_in_neons_words_gives_no_strings_and_is_finished_by_the_next_run(
    client: NeonClient, people: Project, failing: None
) -> None:
    wanted = spec(people, EMAIL)
    with pytest.raises(NeonAnonymizationFailed, match=r"could not anonymize.*anonymization_fails.*nothing connects"):
        ensure_branch(client, wanted)
    branch = next(one for one in client.branches(people.id) if one.name == wanted.name)
    with pytest.raises(NeonNotAnonymized, match="data of its source"):
        connect(client, people, branch.id)
    with pytest.raises(NeonNotAnonymized):
        require_source(client, people.id, wanted.name)
    people.server.control("PUT", "settings", {"anonymization_fails": None})
    ensure_branch(client, wanted)
    connect(client, people, branch.id)
    assert "ada@real" not in str(people.sql(branch.id, "SELECT * FROM people"))
    people.do("DELETE", f"/branches/{branch.id}")


def test_a_branch_that_rules_which_were_refused_left_is_finished_with_better_ones(
    client: NeonClient, people: Project
) -> None:
    wanted = spec(people, EMAIL, replace(NAME, column="nickname"))
    with pytest.raises(NeonAnonymizationFailed, match=r"people\.nickname.*made the branch.*all the same"):
        ensure_branch(client, wanted)
    branch = ensure_branch(client, replace(wanted, masking=(EMAIL,)))
    assert "ada@real" not in str(people.sql(branch.id, "SELECT * FROM people"))
    people.do("DELETE", f"/branches/{branch.id}")


def test_rules_that_were_replaced_and_not_applied_before_a_kill_are_applied(
    client: NeonClient, people: Project
) -> None:
    wanted = spec(people, EMAIL)
    branch = ensure_branch(client, wanted)
    client.replace_masking_rules(people.id, branch.id, (EMAIL, NAME))
    ensure_branch(client, replace(wanted, masking=(EMAIL, NAME)))
    assert "Real" not in str(people.sql(branch.id, "SELECT * FROM people"))
    client.replace_masking_rules(people.id, branch.id, ())
    with pytest.raises(NeonNotAnonymized, match="no masking rules"):
        connect(client, people, branch.id)
    people.do("DELETE", f"/branches/{branch.id}")


@pytest.mark.parametrize("made", [Kind.COPY, Kind.SCHEMA_ONLY])
def test_a_branch_of_another_kind_is_refused_with_the_way(client: NeonClient, people: Project, made: Kind) -> None:
    found = spec(people, kind=made)
    branch = ensure_branch(client, found)
    with pytest.raises(NeonRefused, match=rf"{branch.id}.*kind is anonymized.*back to {made.value}.*recreate: true"):
        ensure_branch(client, replace(found, kind=Kind.ANONYMIZED, masking=(EMAIL,)))
    people.do("DELETE", f"/branches/{branch.id}")


def test_rules_are_compared_by_column_whatever_their_order_and_spaces() -> None:
    spaced = replace(EMAIL, function="anon.partial(email, 2,  '*', 1)")
    close = replace(EMAIL, function="anon.partial(email,2,'*',1)")
    assert not rule_changes((spaced, NAME), (NAME, close))
    assert rule_changes((replace(NAME, value="'John Doe'"),), (replace(NAME, value="'JohnDoe'"),)).changed
    found = rule_changes((EMAIL, NAME), (spaced, replace(NAME, column="age")))
    assert found.added == ("neondb.public.people.age",)
    assert found.changed == ("neondb.public.people.email",)
    assert found.removed == ("neondb.public.people.name",)
