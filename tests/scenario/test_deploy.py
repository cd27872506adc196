"""An environment in one command, and data sets that know whose they are."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from hosting.backends import backend_stack, secret_path
from localcloud.aws.builds.tools import CALLS, write_tools
from tests.scenario.project import ROOT, Project
from tests.scenario.test_verify import deploy_backend

NOTE = {"mark": "body", "key": ["id"], "records": [{"id": 1, "body": "a made-up note"}]}
ITEM = {"mark": "title", "records": [{"id": "one", "title": "a made-up item", "rank": 1.5}]}


def put_set(project: Project, content: dict[str, Any], name: str = "first.yaml") -> None:
    folder = project.folder / "seeds"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(yaml.safe_dump(content))


def item(project: Project, table: str) -> dict[str, Any] | None:
    found = project.aws("dynamodb").get_item(TableName=table, Key={"id": {"S": "one"}}).get("Item")
    return None if found is None else {name: next(iter(value.values())) for name, value in found.items()}


def rows(project: Project) -> list[tuple[Any, ...]]:
    return project.sql("staging", "SELECT id, body FROM samples ORDER BY id")


def test_deploy_brings_up_builds_verifies_and_seeds_and_clean_takes_out_its_own_alone(project: Project) -> None:
    table = f"Todo-{project.name}-NONE"
    project.edit("staging", "backend", mode="own")
    deploy_backend(project, "staging", table)
    project.up("staging")
    project.sql("staging", "CREATE TABLE samples (id integer PRIMARY KEY, body text)")
    project.sql("staging", "INSERT INTO samples VALUES (2, 'a person wrote this')")
    put_set(project, {"models": {"Todo": ITEM}, "tables": {"samples": NOTE}})

    done = project.ops("deploy", "staging")
    assert done.status == 0, done.text
    loaded = item(project, table)
    assert loaded is not None
    assert (loaded["title"], loaded["rank"]) == ("[DEV] a made-up item", "1.5")
    assert rows(project) == [(1, "[DEV] a made-up note"), (2, "a person wrote this")]

    again = project.ops("seed", "staging")
    assert "samples: 0 of 1 written" in again.text
    assert "Todo: 0 of 1 written" in again.text
    cleaned = project.ops("seed", "staging", "--clean")
    assert cleaned.status == 0, cleaned.text
    assert item(project, table) is None
    assert rows(project) == [(2, "a person wrote this")]


def test_who_shares_a_backend_takes_out_nothing_that_its_owner_has_loaded_too(project: Project) -> None:
    table = f"Todo-{project.name}-NONE"
    deploy_backend(project, "develop", table)
    project.edit("staging", "backend", mode="shared", **{"from": "develop"})
    project.edit("dev", "backend", mode="own")
    put_set(project, {"models": {"Todo": ITEM}})
    project.up("staging")
    project.up("dev")
    assert (project.ops("seed", "dev").status, project.ops("seed", "staging").status) == (0, 0)
    refused = project.ops("seed", "staging", "--clean")
    assert (refused.status, item(project, table) is not None) == (1, True), refused.text
    assert "the backend is that of the branch develop" in refused.text
    mine = {**ITEM, "records": [{"id": "mine", "title": "of staging alone"}]}
    put_set(project, {"environment": "staging", "models": {"Todo": mine}}, "mine/staging.yaml")
    assert "Todo: 1 of 1 written" in project.ops("seed", "staging", "seeds/mine/staging.yaml").text
    assert "Todo: 1 of 1 removed" in project.ops("seed", "staging", "seeds/mine/staging.yaml", "--clean").text
    cleaned = project.ops("seed", "dev", "--clean")
    assert (cleaned.status, item(project, table)) == (0, None), cleaned.text


def test_deploy_stops_where_a_person_says_so(project: Project) -> None:
    stopped = project.ops("deploy", "staging", "--pause", given="n\n")
    assert "stopped before up of staging, with a build where something has changed: nothing was done" in stopped.text
    stopped = project.ops("deploy", "staging", "--pause", given="y\nn\n")
    assert stopped.status == 1
    assert "stopped before the wait for a build that runs: what came before it is done" in stopped.text
    assert project.jobs("staging") == ["SUCCEED"]


def test_a_data_set_for_another_environment_and_a_row_of_somebody_else_are_refused(project: Project) -> None:
    project.up("staging")
    project.sql("staging", "CREATE TABLE samples (id integer PRIMARY KEY, body text)")
    project.sql("staging", "INSERT INTO samples VALUES (1, 'a person wrote this')")
    put_set(project, {"environment": "dev", "tables": {"samples": NOTE}})
    other = project.ops("seed", "staging")
    assert other.status == 1
    assert "first.yaml.environment: it is for dev, not for staging" in other.text
    put_set(project, {"tables": {"samples": NOTE}})
    taken = project.ops("seed", "staging")
    assert taken.status == 1
    assert "the row of samples with id=1 is there without [DEV] in body" in taken.text
    project.sql("staging", "CREATE TABLE twins (name text, body text)")
    project.sql("staging", "INSERT INTO twins VALUES ('Ann', '[DEV] ours'), ('Ann', 'a person wrote this')")
    twin = {"mark": "body", "key": ["name"], "records": [{"name": "Ann", "body": "a made-up note"}]}
    put_set(project, {"tables": {"twins": twin}})
    assert "2 rows of twins have name=Ann: name a key that tells one row" in project.ops("seed", "staging").text
    assert set(project.sql("staging", "SELECT body FROM twins")) == {("[DEV] ours",), ("a person wrote this",)}
    other_type = {**NOTE, "records": [{"id": 4, "body": "made up"}, {"id": "five", "body": "made up"}]}
    put_set(project, {"tables": {"samples": other_type}})
    refused = project.ops("seed", "staging").text
    assert "seeds/first.yaml.tables.samples, record 2: the database refused it (InvalidTextRepresentation)" in refused
    put_set(project, {"tables": {"samples": {**NOTE, "key": "id"}}})
    assert "first.yaml.tables.samples.key: must be a list: [name]" in project.ops("seed", "staging").text
    marked = {**NOTE, "records": [{"id": 3, "body": "[PROD] of production"}]}
    put_set(project, {"tables": {"samples": marked}})
    wrong = project.ops("seed", "staging")
    assert "body begins with [PROD]: it is for another environment" in wrong.text
    assert rows(project) == [(1, "a person wrote this")]


def test_a_developers_sandbox_gets_the_values_of_an_environment_and_its_data_sets(
    project: Project, tmp_path: Path
) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is missing, and with it what an application's folder is made for")
    tools = write_tools(tmp_path / "sandbox" / "tools")
    application = tmp_path / "application"
    shutil.copytree(ROOT / "examples" / "app", application)
    name = project.name  # a sandbox is named after the package, and each engine's is one of its own
    package = application / "package.json"
    package.write_text(json.dumps({**json.loads(package.read_text()), "name": name}))
    token = "-".join(("tok", "of", "the", "sandbox"))
    project.good("config", "set", "--secret", "--path", "secrets.MAIL_TOKEN", token, "--stack", "staging")
    project.configure("staging", f"{project.name}:branch_secrets", ["MAIL_TOKEN"])
    project.up("staging")
    record = {"id": "one", "title": "a made-up item"}
    put_set(project, {"models": {"Request": {"mark": "title", "records": [record]}}})
    user = pwd.getpwuid(os.getuid()).pw_name  # as node has it, whatever a variable says
    lying = {"LOGNAME": "another", "USER": "another"}
    mine = replace(project, env={**project.env, **lying, "PATH": f"{tools}:{project.env['PATH']}"})

    done = mine.ops("deploy", "staging", "--sandbox", "--app", str(application))
    assert done.status == 0, done.text
    calls = [json.loads(line) for line in (tmp_path / "sandbox" / CALLS).read_text().splitlines()]
    assert [call["arguments"] for call in calls] == [["sandbox", "--once"]]
    stacks = project.aws("cloudformation").describe_stacks(StackName=backend_stack(name, user, "sandbox"))
    assert stacks["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    secret = f"{secret_path(name, user, 'sandbox')}/MAIL_TOKEN"
    found = project.aws("ssm").get_parameter(Name=secret, WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Type"]) == (token, "SecureString")
    assert "Request: 1 of 1 written" in done.text
    assert token not in done.text
    refused = mine.ops("deploy", "prod", "--sandbox", "--app", str(application))
    assert (refused.status, "prod is production: a sandbox is not for its values" in refused.text) == (1, True)


def test_a_row_that_another_transaction_holds_is_not_waited_for_without_end_and_nothing_is_said_to_be_written(
    project: Project,
) -> None:
    project.up("staging")
    project.sql("staging", "CREATE TABLE samples (id integer PRIMARY KEY, body text)")
    project.sql("staging", "INSERT INTO samples VALUES (1, '[DEV] of before')")
    other = {"mark": "body", "key": ["id"], "records": [{"id": 9, "body": "first of all"}]}
    put_set(project, {"tables": {"samples": other}}, "early.yaml")
    put_set(project, {"tables": {"samples": NOTE}}, "late.yaml")
    with psycopg.connect(project.outputs("staging")["database_url"], connect_timeout=20) as holder:
        holder.execute("SELECT body FROM samples WHERE id = 1 FOR UPDATE")
        held = project.ops("seed", "staging")
    assert held.status == 1
    assert "another transaction holds a lock on the table samples" in held.text
    assert "nothing in the database was changed" in held.text
    assert "written" not in held.text
    assert rows(project) == [(1, "[DEV] of before")]
    assert project.ops("seed", "staging").text.count("samples: 1 of 1 written") == 2
