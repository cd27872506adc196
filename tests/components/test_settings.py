"""What the stack files may say, and how every problem of them is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from components.settings.kinds import masking_rules
from components.settings.problems import Problem, report
from components.settings.reading import read_draft
from components.settings.rules import rule_problems
from components.variables import Known, branch_variables
from tests.components.configs import IDENTITY, VALID, config

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KNOWN = Known(url="https://staging.nailit.app", app_id="d1", elsewhere={"SHARED": "from elsewhere"})


def problems(**changes: Any) -> list[str]:
    draft, found = read_draft(config(**changes), "nailit")
    return [str(problem) for problem in [*found, *rule_problems(draft, IDENTITY, NOW)]]


def test_valid_settings_have_no_problems() -> None:
    assert problems() == []


def test_an_environment_without_a_database_is_valid() -> None:
    assert problems(database=..., required=["NEXTAUTH_URL"]) == []


ENVIRONMENT, DATABASE = VALID["environment"], VALID["database"]


EMAIL = {"table": "users", "column": "email", "function": "anon.fake_email()"}
ANONYMIZED = {**DATABASE, "kind": "anonymized", "masking": [EMAIL]}


def masked(**changes: Any) -> dict[str, Any]:
    """A database with one masking rule, changed; None takes a field away."""
    rule = {key: value for key, value in {**EMAIL, **changes}.items() if value is not None}
    return {**ANONYMIZED, "masking": [rule]}


def test_masking_rules_are_neons_with_the_databases_own_names() -> None:
    rules = [EMAIL, {"table": "users", "column": "age", "value": None, "schema": "app", "database": "other"}]
    draft, found = read_draft(config(database={**ANONYMIZED, "masking": rules}), "nailit")
    assert found == []
    assert draft.database is not None
    email, age = (rule.to_api() for rule in masking_rules(draft.database))
    assert (email["database_name"], email["schema_name"]) == ("neondb", "public")
    assert (age["database_name"], age["schema_name"], age["masking_value"]) == ("other", "app", "NULL")


@pytest.mark.parametrize(
    ("changes", "path", "text"),
    [
        ({"databse": {}}, "nailit:databse", "not a known key"),
        ({"database": ...}, "nailit:required", "DATABASE_URL is required, and the stack has no database"),
        ({"environment": ...}, "nailit:environment.git_branch", "is missing"),
        ({"environment": {**ENVIRONMENT, "stag": 1}}, "nailit:environment.stag", "not a known key"),
        ({"environment": {**ENVIRONMENT, "stage": "PROD"}}, "nailit:environment.stage", "PRODUCTION"),
        ({"environment": {**ENVIRONMENT, "git_branch": "a b"}}, "nailit:environment.git_branch", "pattern"),
        ({"environment": {**ENVIRONMENT, "url": "http://x"}}, "nailit:environment.url", "https://"),
        ({"environment": {**ENVIRONMENT, "url": "https://x/y"}}, "nailit:environment.url", "nothing after it"),
        ({"environment": "staging"}, "nailit:environment", "object"),
        ({"app": {}}, "nailit:app", "exactly one of name, id and create"),
        ({"app": {"name": "a", "id": "d1"}}, "nailit:app", "exactly one"),
        (
            {"database": {**DATABASE, "connection": {"host": "ep-prod"}}},
            "nailit:database.connection",
            "another database",
        ),
        ({"database": {**DATABASE, "connection": {"sslmode": "disable"}}}, "nailit:database.connection", "encrypted"),
        *(
            (
                {"database": {**DATABASE, "connection": one}},
                "nailit:database.connection",
                f"{next(iter(one))} would lead",
            )
            for one in ({"options": "-c a=b endpoint=ep-prod-1"}, {"options": "project = p"}, {"sslsni": "0"})
        ),
        ({"backend": {"mode": "shared"}}, "nailit:backend", "from names the git branch"),
        ({"backend": {"mode": "own", "from": "main"}}, "nailit:backend", "only then"),
        ({"backend": {"mode": "shared", "from": "staging"}}, "nailit:backend.from", "own git branch"),
        ({"database": {**DATABASE, "source": None}}, "nailit:database", "source is missing"),
        ({"database": {**DATABASE, "source": "staging"}}, "nailit:database", "are the same"),
        ({"database": {**DATABASE, "compute": {"min": 0.1, "max": 1}}}, "nailit:database.compute.min", "0.25"),
        ({"database": {**DATABASE, "compute": {"min": 1}}}, "nailit:database.compute", "go together"),
        ({"database": {**DATABASE, "compute": {"min": 1, "max": 16}}}, "nailit:database.compute", "8 above"),
        ({"database": {**DATABASE, "migrations": "push"}}, "nailit:database.migrations", "may lose data"),
        ({"database": {**DATABASE, "fresh_after": "2026-06-01T12:00:01Z"}}, "nailit:database.fresh_after", "future"),
        (
            {"database": {**DATABASE, "password_after": "2026-06-01T12:00:01Z"}},
            "nailit:database.password_after",
            "future",
        ),
        ({"database": {**DATABASE, "fresh_after": "2026-05-01T12:00"}}, "nailit:database.fresh_after", "time zone"),
        (
            {"database": {**DATABASE, "fresh_after": "soon"}},
            "nailit:database.fresh_after",
            "must be a time such as 2026-05-01T12:00:00Z, and 'soon' is none",
        ),
        (
            {"database": {"project": "n", "branch": "main", "adopt": True, "fresh_after": "2026-05-01T12:00Z"}},
            "nailit:database",
            "needs a source",
        ),
        (
            {"database": {**DATABASE, "kind": "schema-only", "fresh_after": "2026-05-01T12:00Z"}},
            "nailit:database.fresh_after",
            "recreate: true",
        ),
        (
            {"database": {**ANONYMIZED, "fresh_after": "2026-05-01T12:00Z"}},
            "nailit:database.fresh_after",
            "new id, host and connection strings",
        ),
        ({"database": {**ANONYMIZED, "keep": True}}, "nailit:database.keep", "never reset"),
        ({"database": {**ANONYMIZED, "adopt": True}}, "nailit:database.kind", "take out kind, or adopt"),
        ({"database": {**ANONYMIZED, "masking": []}}, "nailit:database.masking", "has no rules"),
        ({"database": {**ANONYMIZED, "kind": "copy"}}, "nailit:database.masking", "anonymized branch only"),
        ({"database": {**ANONYMIZED, "masking": [EMAIL, EMAIL]}}, "nailit:database.masking", "more than one rule"),
        ({"database": masked(function="fake_email()")}, "nailit:database.masking.0.function", "pattern"),
        ({"database": masked(function=None, value="REDACTED")}, "nailit:database.masking.0.value", "single quotes"),
        ({"database": masked(value="NULL")}, "nailit:database.masking.0", "one of function"),
        ({"database": {**DATABASE, "kind": "other"}}, "nailit:database.kind", "schema-only"),
        ({"build": {"timeout": 0}}, "nailit:build.timeout", "greater than or equal to 1"),
        ({"database": {**DATABASE, "ttl": "90m"}}, "nailit:database.ttl", "hours or days"),
        ({"database": {**DATABASE, "ttl": "31d"}}, "nailit:database.ttl", "less than or equal"),
        ({"database": {**DATABASE, "ttl": "7d", "protected": True}}, "nailit:database", "branches that may go"),
        ({"variables": {"AWS_KEY": "x"}}, "nailit:variables.AWS_KEY", "begin with AWS"),
        ({"variables": {"PATH": "x"}}, "nailit:variables.PATH", "variable of the shells"),
        ({"common_variables": {"secrets": "x"}}, "nailit:common_variables.secrets", "builds their secrets"),
        ({"variables": {"BIG": "x" * 5501}}, "nailit:variables.BIG", "5500"),
        ({"variables": {"EMPTY": ""}}, "nailit:variables.EMPTY", "is empty: give it a value, or take it out"),
        ({"variables": {"A-B": "x"}}, "nailit:variables.A-B", "pattern"),
        ({"variables": {"APP_ENV": "x"}}, "nailit:variables.APP_ENV", "set by the program"),
        ({"variables": {"MAIL_TOKEN": "x"}}, "nailit:variables.MAIL_TOKEN", "is a parameter too"),
        ({"variables": {"DATABASE_URL": "x"}}, "nailit:variables.DATABASE_URL", "is a parameter too"),
        ({"variables": {"REPORTS": "postgres" + "://a:b@h/d"}}, "nailit:variables.REPORTS", "move it to secrets"),
        ({"secrets": {"MAIL_TOKEN": ""}}, "nailit:secrets.MAIL_TOKEN", "empty"),
        ({"secrets": {"MAIL_TOKEN": "a{{ssm:b}}"}}, "nailit:secrets.MAIL_TOKEN", "holds {{, which SSM does not take"),
        ({"secrets": {"MAIL_TOKEN": "x" * 4097}}, "nailit:secrets.MAIL_TOKEN", "4096"),
        ({"secrets": {"MAIL_TOKEN": "x", "DIRECT_URL": "x"}}, "nailit:secrets.DIRECT_URL", "comes from the database"),
        ({"parameters": {"NEXTAUTH_SECRET": {"ssm": "x y"}}}, "nailit:parameters.NEXTAUTH_SECRET", "pattern"),
        ({"parameters": {"NEXTAUTH_SECRET": {"from": "x"}}}, "nailit:parameters.NEXTAUTH_SECRET", "not a known key"),
        ({"parameters": {"NEXTAUTH_SECRET": "x"}}, "nailit:parameters.NEXTAUTH_SECRET", "where its value is kept"),
        ({"parameters": {"NEXTAUTH_SECRET": None}}, "nailit:parameters.NEXTAUTH_SECRET", "where its value is kept"),
        ({"variables": {"A": {"derived": "host"}}}, "nailit:variables.A.derived", "'url', 'app_id' or 'prefix'"),
        ({"common_variables": {"A": {"ssm": "x y"}}}, "nailit:common_variables.A.ssm", "pattern"),
        ({"variables": {"LOG_LEVEL": None}}, "nailit:required", "LOG_LEVEL is required"),
        ({"build_secrets": ["LOG_LEVEL"]}, "nailit:build_secrets", "LOG_LEVEL is not among the parameters"),
        ({"branch_secrets": ["A B"]}, "nailit:branch_secrets.0", "pattern"),
        ({"build_secrets": [f"S{n}" for n in range(11)]}, "nailit:build_secrets", "at most 10 secrets"),
        (
            {"build_secrets": ["MAIL_TOKEN"], "environment": {**ENVIRONMENT, "git_branch": "a//b"}},
            "nailit:build_secrets",
            "no empty level",
        ),
        (
            {"build_secrets": ["MAIL_TOKEN"], "environment": {**ENVIRONMENT, "git_branch": "/".join("abcdefghijklm")}},
            "nailit:build_secrets",
            "at most 15 levels",
        ),
        ({"environment": {**ENVIRONMENT, "adopt_parameters": ["NOPE"]}}, "nailit:environment.adopt_parameters", "NOPE"),
        ({"environment": {**ENVIRONMENT, "adopt_variables": "merge"}}, "nailit:environment", "goes with adopt: true"),
        ({"environment": {**ENVIRONMENT, "domain": True, "url": None}}, "nailit:environment", "domain needs a url"),
        (
            {"environment": {**ENVIRONMENT, "domain": True, "url": f"https://{'x' * 61}.app"}},
            "nailit:environment",
            "at most 64",
        ),
        ({"build": {"running": "kill"}}, "nailit:build.running", "'wait' or 'cancel'"),
        ({"parameters": {}}, "nailit:required", "NEXTAUTH_SECRET is required"),
    ],
)
def test_a_problem_names_the_key_and_what_to_do(changes: dict[str, Any], path: str, text: str) -> None:
    found = problems(**changes)
    assert any(line.startswith(path) and text in line for line in found), found


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-05-20T09:00:00Z", "2026-05-20T09:00:00Z"),
        ("2026-05-20 09:00:00 +0000 UTC", "2026-05-20T09:00:00Z"),
        ("2026-05-20T09:00:00+02:00", "2026-05-20T09:00:00+02:00"),
        ("2026-05-20T09:00:00.900Z", "2026-05-20T09:00:00Z"),
    ],
)
def test_a_time_may_be_quoted_or_not(written: str, read: str) -> None:
    draft, found = read_draft(config(database={**DATABASE, "fresh_after": written}), "nailit")
    assert found == []
    assert draft.database is not None
    assert draft.database.fresh_after == read


def test_all_problems_come_out_together() -> None:
    found = problems(extra={}, environment={**ENVIRONMENT, "stage": "x"}, secrets={"MAIL_TOKEN": ""})
    assert [line.split(":")[1].split(".")[0] for line in found] == ["extra", "environment", "secrets"]


def test_a_problem_never_repeats_the_value_that_was_given() -> None:
    assert "hunter2" not in "\n".join(problems(secrets={"MAIL_TOKEN": ["hunter2"]}, variables={"X": ["hunter2"]}))


def test_a_report_lists_each_problem_once_and_says_that_nothing_was_changed() -> None:
    text = report([Problem(path="a:b", text="is wrong"), Problem(path="a:b", text="is wrong")])
    assert text == "the settings have a problem, and nothing was changed:\n  a:b: is wrong"


def test_variables_are_the_computed_ones_over_the_stacks_over_the_projects() -> None:
    draft, _ = read_draft(config(), "nailit")
    assert branch_variables(IDENTITY, draft.complete(), KNOWN) == {
        "APP_ENV": "staging",
        "BACKEND_MODE": "none",
        "LOG_LEVEL": "info",
        "MIGRATIONS": "deploy",
        "MIGRATION_COMMAND": "npx prisma migrate deploy",
        "NEXTAUTH_URL": "https://staging.nailit.app",
        "NODE_ENV": "production",
        "PARAMETER_PREFIX": "/nailit/staging",
        "PLAIN_NAMES": "APP_ENV LOG_LEVEL NEXTAUTH_URL NODE_ENV PARAMETER_PREFIX TRACE WORKERS",
        "REQUIRED": "DATABASE_URL NEXTAUTH_URL NEXTAUTH_SECRET MAIL_TOKEN LOG_LEVEL",
        "RUNTIME": "none",
        "TRACE": "false",
        "WORKERS": "4",
    }


def test_a_variable_may_be_kept_elsewhere_or_be_derived_in_either_layer() -> None:
    common = {"APP": {"derived": "app_id"}, "SHARED": {"ssm": "/team/shared"}, "SITE": "none", "GONE": {"ssm": "/x"}}
    own = {"SITE": {"derived": "url"}, "WHERE": {"derived": "prefix"}, "GONE": None}
    draft, found = read_draft(config(common_variables=common, variables=own), "nailit")
    variables = branch_variables(IDENTITY, draft.complete(), KNOWN)
    assert found == []
    assert {key: variables.get(key) for key in (*common, *own)} == {
        "APP": "d1",
        "SHARED": "from elsewhere",
        "SITE": "https://staging.nailit.app",
        "WHERE": "/nailit/staging",
        "GONE": None,
    }


def test_a_secret_does_not_show_in_the_settings_own_text() -> None:
    draft, _ = read_draft(config(), "nailit")
    assert "tok-1" not in repr(draft.complete())
