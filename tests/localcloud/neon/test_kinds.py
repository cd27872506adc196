"""Branches that have a source's schema and none of its rows, or its rows with what is personal made up."""

from __future__ import annotations

import psycopg
import pytest

from localcloud.neon.postgres.anonymizer import FUNCTIONS
from tests.localcloud.neon.driver import Json, Project, Server, run_sql

PEOPLE = (
    "CREATE TABLE people (id serial PRIMARY KEY, email text UNIQUE, name varchar(40), age integer, born date)",
    "CREATE TABLE visits (person integer REFERENCES people (id), at timestamptz DEFAULT now())",
    "CREATE MATERIALIZED VIEW emails AS SELECT email FROM people",
    "INSERT INTO people (email, name, age, born) VALUES ('ada@real.example', 'Ada Real', 36, '1990-01-01')",
    "INSERT INTO people (email, name, age, born) VALUES ('bo@real.example', 'Bo Real', 41, '1985-02-02')",
    "INSERT INTO visits (person) VALUES (1), (2)",
    "REFRESH MATERIALIZED VIEW emails",
)


def mask(column: str, function: str | None = None, *, value: str | None = None, table: str = "people") -> Json:
    how = {"masking_function": function} if value is None else {"masking_value": value}
    return {"database_name": "neondb", "schema_name": "public", "table_name": table, "column_name": column, **how}


EMAIL = mask("email", "anon.fake_email()")


@pytest.fixture(scope="module")
def people(server: Server) -> Project:
    return server.seed("people", *PEOPLE)


def test_a_schema_only_branch_has_the_tables_and_none_of_the_rows(people: Project) -> None:
    branch = people.branch("schema", init_source="schema-only", parent_id=people.root)
    assert people.sql(branch, "SELECT count(*) FROM people") == people.sql(branch, "SELECT count(*) FROM visits")
    assert people.sql(branch, "INSERT INTO people (email) VALUES ('x') RETURNING id") == [(1,)]
    assert people.sql(branch, "SELECT ispopulated FROM pg_matviews") == [(False,)]
    shown = people.show(branch)
    assert (shown["init_source"], "parent_id" in shown, shown["default"]) == ("schema-only", False, False)
    actions = [operation["action"] for operation in people.get("/operations")["operations"][:3]]
    assert actions == ["start_compute", "apply_schema_from_branch", "create_branch"]
    people.do("DELETE", f"/branches/{branch}")
    assert people.sql(people.root, "SELECT count(*) FROM people") == [(2,)]


def test_a_schema_only_branch_uses_a_place_for_root_branches(server: Server, people: Project) -> None:
    server.control("PUT", "settings", {"root_branches_limit": 1})
    try:
        reply = people.call("POST", "/branches", {"branch": {"name": "more", "init_source": "schema-only"}})
    finally:
        server.control("PUT", "settings", {"root_branches_limit": None})
    assert (reply.status_code, reply.json()["code"]) == (422, "ROOT_BRANCHES_LIMIT_EXCEEDED")


def test_an_anonymized_branch_has_the_rows_with_what_the_rules_name_made_up(people: Project) -> None:
    rules = (
        EMAIL,
        mask("name", value="'REDACTED'"),
        mask("age", "anon.random_int_between(1, 9)"),
        mask("born", value="NULL"),
    )
    branch = people.anonymized("masked", *rules)
    status = people.masked(branch)
    assert status["last_run"]["masked_columns"] == 4
    found = people.sql(branch, "SELECT email, name, age, born FROM people ORDER BY id")
    assert all(
        "@example." in email and name == "REDACTED" and age < 10 and born is None for email, name, age, born in found
    )
    assert "real" not in str(people.sql(branch, "SELECT * FROM emails"))
    assert people.sql(branch, "SELECT count(*) FROM visits") == [(2,)]
    assert people.sql(people.root, "SELECT email FROM people WHERE id = 1") == [("ada@real.example",)]
    assert people.get(f"/branches/{branch}/masking_rules")["masking_rules"] == list(rules)
    people.do("DELETE", f"/branches/{branch}")


@pytest.mark.usefixtures("slow")
def test_until_it_is_anonymized_a_branch_takes_no_connection_and_says_so(people: Project) -> None:
    branch = people.anonymized("waiting", EMAIL)
    assert people.masked(branch, "initialized", "anonymizing")
    names = [action["name"] for action in people.show(branch)["restricted_actions"]]
    assert names == ["restore", "delete-rw-endpoint", "connect-to-endpoints"]
    with pytest.raises(psycopg.OperationalError, match="before it is anonymized"):
        run_sql(people.uri(branch), "SELECT 1")
    people.masked(branch)
    assert [a["name"] for a in people.show(branch)["restricted_actions"]] == names[:2]
    assert "real" not in str(people.sql(branch, "SELECT email FROM people"))
    people.server.control("PUT", "settings", {"operation_seconds": 0.02})
    people.do("DELETE", f"/branches/{branch}")


def test_what_an_anonymized_branch_cannot_do_is_refused(people: Project, masked: str) -> None:
    endpoint = people.get(f"/branches/{masked}/endpoints")["endpoints"][0]["id"]
    restored = people.call("POST", f"/branches/{masked}/restore", {"source_branch_id": people.root})
    deleted = people.call("DELETE", f"/endpoints/{endpoint}")
    assert (restored.status_code, deleted.status_code) == (422, 422)
    for path in ("anonymized_status", "masking_rules"):
        assert people.call("GET", f"/branches/{people.root}/{path}").status_code == 404


def test_new_rules_are_in_force_with_the_next_anonymization(people: Project) -> None:
    branch = people.anonymized("again", EMAIL)
    people.masked(branch)
    before = people.sql(branch, "SELECT email FROM people ORDER BY id")
    people.do("PATCH", f"/branches/{branch}/masking_rules", {"masking_rules": [mask("name", "anon.dummy_name()")]})
    assert "Real" in str(people.sql(branch, "SELECT name FROM people"))
    assert people.do("POST", f"/branches/{branch}/anonymize")["state"] == "anonymizing"
    people.masked(branch)
    assert "Real" not in str(people.sql(branch, "SELECT name FROM people"))
    assert people.sql(branch, "SELECT email FROM people ORDER BY id") == before
    people.do("DELETE", f"/branches/{branch}")


@pytest.mark.parametrize(("fails", "state"), [("initialization", "initialization_error"), ("run", "error")])
def test_a_failure_can_be_had_and_leaves_nobody_in(people: Project, fails: str, state: str) -> None:
    people.server.control("PUT", "settings", {"anonymization_fails": fails})
    try:
        branch = people.anonymized("failing", EMAIL)
        status = people.masked(branch, state)
    finally:
        people.server.control("PUT", "settings", {"anonymization_fails": None})
    assert status["status_message"]
    assert ("failed_at" in status) is (fails == "run")
    with pytest.raises(psycopg.OperationalError, match="before it is anonymized"):
        run_sql(people.uri(branch), "SELECT 1")
    if fails == "run":
        people.do("POST", f"/branches/{branch}/anonymize")
        people.masked(branch)
    people.do("DELETE", f"/branches/{branch}")


def test_rules_that_are_refused_leave_a_branch_that_is_not_anonymized(people: Project) -> None:
    body = {
        "branch_create": {"branch": {"name": "ghost"}},
        "masking_rules": [EMAIL, mask("nickname", "anon.fake_email()")],
        "start_anonymization": True,
    }
    reply = people.call("POST", "/branch_anonymized", body)
    assert (reply.status_code, "people.nickname" in reply.json()["message"]) == (400, True)
    people.wait()
    branch = next(one["id"] for one in people.get("/branches")["branches"] if one["name"] == "ghost")
    assert people.masked(branch, "initialized")
    assert people.get(f"/branches/{branch}/masking_rules") == {"masking_rules": []}
    people.do("PATCH", f"/branches/{branch}/masking_rules", {"masking_rules": [EMAIL]})
    people.do("POST", f"/branches/{branch}/anonymize")
    people.masked(branch)
    people.do("DELETE", f"/branches/{branch}")


@pytest.mark.parametrize(
    ("rule", "status", "words"),
    [
        (mask("email", "anon.pseudo_email(email)"), 501, "anon.pseudo_email"),
        (mask("email", "upper(email)"), 400, "anon or pg_catalog"),
        (mask("email", "anon.hash(email)); DROP TABLE visits; SELECT (1)"), 400, "anon or pg_catalog"),
        (mask("email", value="REDACTED"), 400, "SQL literal"),
        ({**EMAIL, "masking_value": "NULL"}, 400, "one of"),
        ({**EMAIL, "database_name": "other"}, 400, "no database other"),
        (mask("email", "anon.fake_email()", table="persons"), 400, "persons.email"),
        ({**EMAIL, "column": "x"}, 400, "column"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused_by_name(
    people: Project, masked: str, rule: Json, status: int, words: str
) -> None:
    reply = people.call("PATCH", f"/branches/{masked}/masking_rules", {"masking_rules": [rule]})
    assert (reply.status_code, words in reply.json()["message"]) == (status, True), reply.text


@pytest.fixture(scope="module")
def masked(people: Project) -> str:
    branch = people.anonymized("for-refusals", EMAIL)
    people.masked(branch)
    return branch


CALLS = {
    "random_string": "7",
    "random_int_between": "1, 5",
    "random_date_between": "'2020-01-01', '2020-12-31'",
    "partial": "email, 2, '***', 4",
    "partial_email": "email",
    "hash": "email",
}


def test_every_masking_function_gives_something_else(people: Project, masked: str) -> None:
    calls = [f"anon.{name}({CALLS.get(name, '')})::text" for name in FUNCTIONS]
    rows = people.sql(masked, f"SELECT {', '.join(calls)} FROM people")
    assert all(value and len(value) > 0 for row in rows for value in row)
    assert people.sql(
        masked, "SELECT anon.partial('abcdefgh', 2, '***', 1), anon.partial_email('daamien@gmail.com')"
    ) == [("ab***h", "da******@gm******.com")]
