"""What a branch's variables tell its builds, and what the application's settings may say."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.listing import list_entries
from components.settings.reading import read_draft
from components.settings.rules import kept_problems
from components.variables import RESERVED, Known, branch_variables, kept_variables
from hosting.backends import backend_stack, secret_path
from tests.components.configs import IDENTITY, VALID, config
from tests.components.test_settings import DATABASE, KNOWN, problems

DEV = {**VALID["environment"], "stage": "DEVELOPMENT", "git_branch": "develop"}
USED = {"BACKEND_SUFFIX": "api_id", "AMPLIFY_APP_ID": "app_id"}


def told(known: Known = KNOWN, **changes: Any) -> dict[str, Any]:
    """The variables that tell builds something, but for REQUIRED."""
    draft, found = read_draft(config(**changes), "nailit")
    assert found == []
    variables = branch_variables(IDENTITY, draft.complete(), known)
    mine = RESERVED - {"APP_ENV", "NEXTAUTH_URL", "PARAMETER_PREFIX", "REQUIRED", "PLAIN_NAMES"}
    return {key: value for key, value in variables.items() if key in mine}


def test_development_pushes_and_the_commands_are_settings() -> None:
    pushed = {
        "BACKEND_MODE": "none",
        "MIGRATIONS": "push",
        "MIGRATION_COMMAND": "npx prisma db push --accept-data-loss",
        "RUNTIME": "none",
    }
    database = {**DATABASE, "migrations": "push"}
    assert told(environment=DEV, database=database) == pushed
    own = {"migrate": {"push": "make push", "deploy": "make migrate"}}
    assert told(environment=DEV, database=database, application=own)["MIGRATION_COMMAND"] == "make push"
    assert told(application=own)["MIGRATION_COMMAND"] == "make migrate"


def test_an_environment_without_backend_and_database_says_so_over_what_the_app_says_for_all_branches() -> None:
    assert told(database=...) == {"BACKEND_MODE": "none", "MIGRATIONS": "none", "RUNTIME": "none"}


def test_an_own_backend_is_told_with_its_stack_and_its_files() -> None:
    application = {"backend_files": ["amplify/**", "package-lock.json"], "backend_variables": USED}
    assert told(backend={"mode": "own"}, database=..., application=application) == {
        "BACKEND_MODE": "own",
        "BACKEND_STACK": backend_stack("d1", "staging"),
        "BACKEND_FILES": "amplify/** package-lock.json",
        "BACKEND_VARIABLES": "BACKEND_SUFFIX=api_id AMPLIFY_APP_ID=app_id",
        "MIGRATIONS": "none",
        "RUNTIME": "none",
    }


def test_a_backend_with_secrets_of_its_own_is_told_where_they_are() -> None:
    found = told(backend={"mode": "own"}, branch_secrets=["MAIL_TOKEN"])
    assert found["BACKEND_SECRETS"] == secret_path("d1", "staging")


def test_a_shared_backend_is_told_by_its_branch_and_its_stack() -> None:
    assert told(backend={"mode": "shared", "from": "main"}, database=...) == {
        "BACKEND_MODE": "shared",
        "BACKEND_BRANCH": "main",
        "BACKEND_STACK": backend_stack("d1", "main"),
        "MIGRATIONS": "none",
        "RUNTIME": "none",
    }


def test_the_stack_of_an_app_that_has_yet_to_be_made_is_known_later() -> None:
    async def stack() -> Any:
        known = Known(url="https://staging.nailit.app", app_id=pulumi.Output.from_input("d2"), elsewhere={})
        return await told(known, backend={"mode": "own"})["BACKEND_STACK"].future()

    assert asyncio.run(stack()) == backend_stack("d2", "staging")


def test_the_file_of_the_artifact_holds_all_of_the_environment_or_what_is_named() -> None:
    all_of_it = told(application={"runtime": "artifact", "backend_variables": {"APP": "app_id"}})["RUNTIME_NAMES"]
    assert all_of_it.split() == sorted(
        [
            *("APP", "APP_ENV", "DATABASE_URL", "DIRECT_URL", "LOG_LEVEL", "MAIL_TOKEN", "NEXTAUTH_SECRET"),
            *("NEXTAUTH_URL", "NODE_ENV", "PARAMETER_PREFIX", "TRACE", "WORKERS"),
        ]
    )
    named = told(application={"runtime": "artifact", "runtime_names": ["DATABASE_URL"]})
    assert (named["RUNTIME"], named["RUNTIME_NAMES"]) == ("artifact", "DATABASE_URL")


def test_builds_are_told_which_names_are_plain_so_that_no_parameter_takes_one() -> None:
    draft, _ = read_draft(config(variables={"LOG_LEVEL": "info"}), "nailit")
    names = str(branch_variables(IDENTITY, draft.complete(), KNOWN)["PLAIN_NAMES"]).split()
    assert names == ["APP_ENV", "LOG_LEVEL", "NEXTAUTH_URL", "NODE_ENV", "PARAMETER_PREFIX", "REGION_NAME"]


def test_the_file_of_an_application_that_reads_ssm_by_itself_holds_the_plain_names() -> None:
    found = told(application={"runtime": "ssm"}, variables={"LOG_LEVEL": "info"})
    assert found["RUNTIME"] == "ssm"
    plain = ["APP_ENV", "LOG_LEVEL", "NEXTAUTH_URL", "NODE_ENV", "PARAMETER_PREFIX", "REGION_NAME"]
    assert found["RUNTIME_NAMES"].split() == plain


KEPT = {"SUPPORT_PHONE": "1", "_LIVE_UPDATES": "[]", "KEPT_VARIABLES": "SUPPORT_PHONE _LIVE_UPDATES"}


@pytest.mark.parametrize("runtime", ["ssm", "artifact"])
def test_what_an_adopted_branch_keeps_is_there_at_run_time_without_what_steers_amplify(runtime: str) -> None:
    ours, more = (
        set(told(replace(KNOWN, kept=kept), application={"runtime": runtime})["RUNTIME_NAMES"].split())
        for kept in ({}, KEPT)
    )
    assert more - ours == {"SUPPORT_PHONE"}


def test_a_build_knows_all_that_an_adopted_branch_keeps_for_its_own() -> None:
    draft, _ = read_draft(config(), "nailit")
    found = branch_variables(IDENTITY, draft.complete(), replace(KNOWN, kept=KEPT))
    assert {"SUPPORT_PHONE", "_LIVE_UPDATES"} <= set(str(found["PLAIN_NAMES"]).split())


def test_a_required_name_may_be_one_that_an_adopted_branch_keeps_and_has() -> None:
    changes = {"environment": {**DEV, "adopt": True}, "required": ["LOG_LEVEL", "SUPPORT_PHONE"]}
    draft, _ = read_draft(config(**changes), "nailit")
    assert problems(**changes) == []
    assert list(kept_problems(draft, IDENTITY, KEPT)) == []
    for kept in ({}, {"SUPPORT_PHONE": ""}):
        assert [str(one) for one in kept_problems(draft, IDENTITY, kept)] == [
            "nailit:required: SUPPORT_PHONE is required, and nothing gives it a value: add it to variables, parameters "
            "or secrets"
        ]


def test_a_name_for_the_run_time_may_be_one_that_an_adopted_branch_keeps_and_has() -> None:
    changes = {
        "environment": {**DEV, "adopt": True},
        "application": {"runtime": "ssm", "runtime_names": ["SUPPORT_PHONE", "LOG_LEVEL"]},
    }
    draft, _ = read_draft(config(**changes), "nailit")
    assert problems(**changes) == []
    assert list(kept_problems(draft, IDENTITY, KEPT)) == []
    assert [str(one) for one in kept_problems(draft, IDENTITY, {})] == [
        "nailit:application.runtime_names: nothing gives SUPPORT_PHONE: add it to variables, parameters or secrets, "
        "or take it out"
    ]
    replaced = {**changes, "environment": {**DEV, "adopt": True, "adopt_variables": "replace"}}
    assert any("nothing gives SUPPORT_PHONE" in line for line in problems(**replaced))
    assert list(kept_problems(read_draft(config(**replaced), "nailit")[0], IDENTITY, {})) == []


def test_a_forced_build_is_told() -> None:
    assert told(build={"force": 2})["BUILD_FORCE"] == "2"


def test_what_an_adopted_branch_keeps_is_listed_with_its_source_and_without_its_value() -> None:
    draft, _ = read_draft(config(environment={**DEV, "adopt": True}), "nailit")
    kept = kept_variables({"THEIRS": "maybe a secret", "LOG_LEVEL": "silly"}, draft.complete(), adopting=True)
    listed = {entry.key: entry for entry in list_entries(IDENTITY, draft.complete(), {}, kept)}
    assert (listed["THEIRS"].source, listed["THEIRS"].value) == ("kept: set by hand before adoption", None)
    assert (listed["KEPT_VARIABLES"].source, listed["KEPT_VARIABLES"].value) == ("the program", "THEIRS")
    assert "maybe a secret" not in repr(listed)


LEFT = {"THEIRS": "1", "LATER": "by hand", "EXTRA": "1", "LOG_LEVEL": "silly", "REQUIRED": "LOG_LEVEL"}


@pytest.mark.parametrize(
    ("live", "adopting", "kept"),
    [
        ({}, False, "THEIRS"),
        ({}, True, "LATER THEIRS"),
        ({"A NAME": "with a blank"}, True, "LATER THEIRS"),
        ({"KEPT_VARIABLES": "-"}, True, "LATER"),
        ({"KEPT_VARIABLES": "THEIRS GONE", "THEIRS": "2"}, True, "LATER THEIRS"),
    ],
)
def test_an_adoption_keeps_what_was_set_by_hand_since_the_last_one_and_nothing_that_an_up_gave(
    live: dict[str, str], adopting: bool, kept: str
) -> None:
    draft, _ = read_draft(config(environment={**DEV, "adopt": True}), "nailit")
    left = {**LEFT, "KEPT_VARIABLES": "THEIRS", "PLAIN_NAMES": "APP_ENV EXTRA LOG_LEVEL THEIRS", **live}
    assert kept_variables(left, draft.complete(), adopting=adopting)["KEPT_VARIABLES"] == kept


def test_what_builds_derive_is_required_of_them_and_listed_without_a_value() -> None:
    changes: dict[str, Any] = {
        "backend": {"mode": "own"},
        "application": {"backend_variables": USED},
        "required": ["DATABASE_URL", "BACKEND_SUFFIX"],
    }
    assert problems(**changes) == []
    draft, _ = read_draft(config(**changes), "nailit")
    assert branch_variables(IDENTITY, draft.complete(), KNOWN)["REQUIRED"] == "DATABASE_URL"
    listed = {entry.key: entry for entry in list_entries(IDENTITY, draft.complete(), {})}
    found = listed["BACKEND_SUFFIX"]
    assert (found.kind, found.source, found.required) == ("in builds", "the backend's api_id", True)
    assert listed["BACKEND_STACK"].value == "(named after the Amplify app's id)"


SECRET = "postgres" + "://owner:pw@host/db"


PUSHES = (
    "npx prisma  db push --accept-data-loss",
    "npx prisma db 'push'",
    "npx prisma db \\push",
    "npx prisma db --schema=a push",
    "npm run db:push",
    "npx drizzle-kit push",
    "npx prisma migrate reset --force",
    "npx prisma migrate dev && echo 'it",
    'sh -c "npx prisma db push"',
    "npx prisma db push;true",
    "(npx prisma db push)|tee log",
    "git log -1 && npx prisma db push --accept-data-loss",
    "npx drizzle-kit push:pg",
    "npx prisma migrate --schema x reset --force",
)


@pytest.mark.parametrize("command", ["npx prisma migrate deploy", "make migrate", "git push origin main"])
def test_a_command_that_applies_migrations_may_be_productions(command: str) -> None:
    assert problems(application={"migrate": {"deploy": command}}) == []


@pytest.mark.parametrize(
    ("changes", "path", "text"),
    [
        ({"application": {"runtim": "ssm"}}, "nailit:application.runtim", "not a known key"),
        ({"application": {"runtime": "both"}}, "nailit:application.runtime", "'ssm', 'artifact' or 'none'"),
        ({"application": {"migrate": {"deploy": f"x {SECRET}"}}}, "nailit:application.migrate.deploy", "take it out"),
        *(
            ({"application": {"migrate": {"deploy": one}}}, "nailit:application.migrate", "deploy must not push")
            for one in PUSHES
        ),
        ({"application": {"migrate": {"deploy": "make db", "push": "make db"}}}, "nailit:application.migrate", "lose"),
        ({"application": {"migrate": {"push": "a\nb"}}}, "nailit:application.migrate.push", "one line"),
        ({"application": {"backend_files": []}}, "nailit:application.backend_files", "at least 1"),
        ({"application": {"backend_files": ["a b"]}}, "nailit:application.backend_files", "pattern"),
        ({"application": {"backend_variables": {"A": "table"}}}, "nailit:application.backend_variables.A", "api_id"),
        ({"application": {"backend_variables": {"A": "bucket"}}}, "nailit:application.backend_variables.A", "none"),
        (
            {"application": {"backend_variables": {"RUNTIME": "app_id"}}},
            "nailit:application.backend_variables.RUNTIME",
            "set by the program",
        ),
        (
            {"application": {"backend_variables": {"MAIL_TOKEN": "app_id"}}},
            "nailit:application.backend_variables.MAIL_TOKEN",
            "builds derive it",
        ),
        (
            {"application": {"backend_variables": {"AWS_APP_ID": "app_id"}}},
            "nailit:application.backend_variables.AWS_APP_ID",
            "begin with AWS",
        ),
        ({"application": {"runtime_names": ["GONE"]}}, "nailit:application.runtime_names", "nothing gives GONE"),
        (
            {"application": {"runtime": "ssm", "runtime_names": ["MAIL_TOKEN"]}},
            "nailit:application.runtime_names",
            "MAIL_TOKEN is a parameter",
        ),
        ({"application": {"runtime_names": ["LOG_LEVEL"]}}, "nailit:application.runtime_names", "does not write"),
        ({"secrets": {"MIGRATION_COMMAND": "x"}}, "nailit:secrets.MIGRATION_COMMAND", "choose another name"),
        (
            {"parameters": {"AWS_REGION": {"ssm": "/team/region"}}},
            "nailit:parameters.AWS_REGION",
            "choose another name",
        ),
        ({"secrets": {"IFS": "x"}}, "nailit:secrets.IFS", "variable of the shells"),
        ({"parameters": {"LD_PRELOAD": {"ssm": "/team/x"}}}, "nailit:parameters.LD_PRELOAD", "choose another name"),
        (
            {"application": {"backend_variables": {"_text": "app_id"}}},
            "nailit:application.backend_variables._text",
            "build/environment itself",
        ),
        (
            {"backend": {"mode": "shared", "from": "main"}, "environment": {**DEV, "stage": "PRODUCTION"}},
            "nailit:backend.mode",
            "shares a backend with nobody",
        ),
        ({"variables": {"BACKEND_STACK": "x"}}, "nailit:variables.BACKEND_STACK", "set by the program"),
        ({"common_variables": {"MIGRATION_COMMAND": "x"}}, "nailit:common_variables.MIGRATION_COMMAND", "take it out"),
        ({"variables": {"BUILD_FORCE": 1}}, "nailit:variables.BUILD_FORCE", "set by the program"),
    ],
)
def test_a_problem_of_the_application_is_told(changes: dict[str, Any], path: str, text: str) -> None:
    found = problems(**changes)
    assert any(line.startswith(path) and text in line for line in found), found
    assert SECRET not in "".join(found)
