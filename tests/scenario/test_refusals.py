"""What goes wrong before anything is changed: one clear message each, no traceback, no secret, nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from localcloud.demo.watching import watched_processes
from tests.scenario.project import Project

Spoil = Callable[[Project], None]
NOWHERE = "http://127.0.0.1:9"
BAD_KEY = "napi_not_the_right_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``spoil`` is done before the up, ``env`` goes over its environment; ``says`` is what its output must hold."""

    name: str
    says: tuple[str, ...]
    spoil: Spoil = field(default=lambda _: None)
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def edit(key: str, **changes: object) -> Spoil:
    return lambda project: project.edit("staging", key, **changes)


def at_once(*spoils: Spoil) -> Spoil:
    """Each is told, whatever else is wrong."""

    def spoil(project: Project) -> None:
        for one in spoils:
            one(project)

    return spoil


def foreign_branch(mark: dict[str, str] | None) -> Spoil:
    def spoil(project: Project) -> None:
        body = {"branch": {"name": "staging"}, **({"annotation_value": mark} if mark else {})}
        project.neon("POST", "/branches", body)

    return spoil


def renamed(project: Project) -> None:
    mark = {"pulumi:project": project.name, "pulumi:stack": "staging", "pulumi:name": "staging-old-name"}
    foreign_branch(mark)(project)


def second_app(project: Project) -> None:
    project.aws("amplify").create_app(name=project.name)


def second_project(project: Project) -> None:
    project.put("neon", {"projects": [{"name": project.name, "another": True}]})


def hosted_by_hand(project: Project) -> None:
    project.aws("amplify").create_branch(appId=project.app_id, branchName="staging")


def production_by_hand(project: Project) -> None:
    project.aws("amplify").create_branch(appId=project.app_id, branchName="live", stage="PRODUCTION")
    project.edit("staging", "backend", mode="shared", **{"from": "live"})


def nothing_to_adopt(project: Project) -> None:
    project.aws("amplify").create_branch(appId=project.app_id, branchName="stage")
    project.edit("staging", "environment", adopt=True)
    project.edit("staging", "database", branch="qa", adopt=True, source=...)


def variables_of_all_branches(project: Project) -> None:
    variables = {"BACKEND_MODE": "own", "MIGRATIONS": "push", "COLOUR": "teal"}
    project.aws("amplify").update_app(appId=project.app_id, environmentVariables=variables)


def parameter_by_hand(project: Project) -> None:
    name = f"/{project.name}/staging/DATABASE_URL"
    project.aws("ssm").put_parameter(Name=name, Value="by-hand", Type="SecureString")


def other_stacks(stack: str, output: str, setting: str = "parameters") -> Spoil:
    def spoil(project: Project) -> None:
        if stack == "dev":
            project.up("dev")
        project.edit("staging", setting, UPSTREAM={"stack": f"{project.name}/{stack}", "output": output})

    return spoil


def secret_variable(project: Project) -> None:
    """A variable that names a secret of each kind, one that is not there, and a parameter that is too long."""
    other_stacks("dev", "database_url", "variables")(project)
    secret = f"/team/{project.name}/staging/NEXTAUTH_SECRET"
    project.edit("staging", "variables", TOKEN={"ssm": secret}, NOTHING={"ssm": "/team/none"})
    long = f"/team/{project.name}/long"
    project.aws("ssm").put_parameter(Name=long, Value="x" * 4097, Type="SecureString", Tier="Advanced")
    project.edit("staging", "parameters", LONG={"ssm": long})


def assumed_role(project: Project) -> None:
    project.configure("staging", "aws:assumeRoles", [{"roleArn": "arn:aws:iam::123456789012:role/deploy"}])


def same_branches(project: Project) -> None:
    project.edit("dev", "environment", git_branch="staging")
    project.edit("dev", "database", branch="staging")


ROWS = [
    Row(
        name="keys and fields",
        says=(
            "databse: is not a known key",
            "database.sorce: is not a known key",
            "environment.stage: is missing",
            "environment.owner",
            "parameters.K",
        ),
        spoil=at_once(
            edit("databse", project="x"),
            edit("database", sorce="main"),
            edit("environment", stage=..., owner="a;b"),
            edit("parameters", K={"ssm": "no slash"}),
        ),
    ),
    Row(
        name="names and values",
        says=(
            "environment.git_branch",
            "database.branch",
            "variables.AWS_X",
            "begin with AWS",
            "variables.BIG",
            "5500",
        ),
        spoil=at_once(
            edit("environment", git_branch="a b#c"),
            edit("database", branch="x" * 257),
            edit("variables", AWS_X="1", BIG="x" * 5501),
        ),
    ),
    Row(name="required key", says=("NEXTAUTH_SECRET is required",), spoil=edit("parameters", NEXTAUTH_SECRET=...)),
    Row(name="one branch for two", says=("Pulumi.dev.yaml", "git_branch", "database.branch"), spoil=same_branches),
    Row(
        name="sources nowhere",
        says=(
            "no branch 'nope': correct the name. It has 'main'",
            "/team/none",
            "parameters.UPSTREAM",
            "nowhere cannot be read",
            "backend.from: the backend stack of develop",
            "does not exist: bring that branch up first",
        ),
        spoil=at_once(
            edit("database", source="nope"),
            edit("parameters", K={"ssm": "/team/none"}),
            other_stacks("nowhere", "output"),
            edit("backend", mode="shared", **{"from": "develop"}),
        ),
    ),
    Row(
        name="no output",
        says=("parameters.UPSTREAM", "no output 'nothing_there'"),
        spoil=other_stacks("dev", "nothing_there"),
    ),
    Row(
        name="variables from secrets",
        says=(
            "variables.UPSTREAM: the output 'database_url'",
            "make UPSTREAM one of the parameters",
            "is a SecureString, and a variable is plain",
            "variables.NOTHING: there is no SSM parameter",
            "parameters.LONG",
            "4096",
        ),
        spoil=secret_variable,
    ),
    Row(
        name="production's backend",
        says=("backend.from: 'main' is the branch of the stack prod", "production shares its backend with nobody"),
        spoil=edit("backend", mode="shared", **{"from": "main"}),
    ),
    Row(
        name="backend of a production made by hand",
        says=("backend.from: the branch live is production", "shares its backend with nobody"),
        spoil=production_by_hand,
    ),
    Row(
        name="app and project nowhere",
        says=("no Amplify app 'nope'", "no Neon project 'nope'"),
        spoil=at_once(edit("app", name="nope"), edit("database", project="nope")),
    ),
    Row(
        name="app and project twice",
        says=("2 Amplify apps", "2 Neon projects", "use one of the ids"),
        spoil=at_once(second_app, second_project),
    ),
    Row(name="no API key", says=("NEON_API_KEY",), env={"NEON_API_KEY": ""}),
    Row(name="wrong API key", says=("does not accept the API key",), env={"NEON_API_KEY": BAD_KEY}),
    Row(name="API key with an ellipsis", says=("holds a character",), env={"NEON_API_KEY": "napi_abc…"}),
    Row(name="Neon out of reach", says=("Neon cannot be reached",), env={"NEON_API_HOST": NOWHERE}),
    Row(name="AWS out of reach", says=("AWS cannot be reached",), env={"AWS_ENDPOINT_URL": NOWHERE}),
    Row(name="bad AWS credentials", says=("does not accept the credentials",), env={"AWS_ACCESS_KEY_ID": "invalid"}),
    Row(
        name="wrong account",
        says=("credentials are of the account",),
        spoil=lambda p: p.configure("staging", "aws:allowedAccountIds", ["999999999999"]),
    ),
    Row(
        name="accounts are no list, and a role",
        says=("aws:allowedAccountIds: must be a list", "aws:assumeRoles", "aws:profile"),
        spoil=at_once(assumed_role, lambda p: p.configure("staging", "aws:allowedAccountIds", "123456789012")),
    ),
    Row(
        name="production's branch",
        says=("is the project's default branch", "whose stage is PRODUCTION"),
        spoil=edit("database", branch="main", adopt=True, source=...),
    ),
    Row(name="unmarked branch", says=("carries no mark", "adopt: true"), spoil=foreign_branch(None)),
    Row(
        name="another's branch",
        says=("another mark", "choose another name"),
        spoil=foreign_branch({"pulumi:project": "x"}),
    ),
    Row(name="renamed resource", says=("another mark", "staging-old-name"), spoil=renamed),
    Row(
        name="Amplify branch by hand, and names that the source does not know",
        says=("does not carry this stack's tags", "has no database 'shop' and no role 'app', so a copy of it"),
        spoil=at_once(hosted_by_hand, edit("database", database="shop", role="app")),
    ),
    Row(
        name="nothing to adopt",
        says=("no branch 'staging' to adopt", "It has 'stage'", "no branch 'qa' to adopt", "It has 'main'"),
        spoil=nothing_to_adopt,
    ),
    Row(
        name="variables of all branches",
        says=("sets BACKEND_MODE, MIGRATIONS for all its branches", "Environment variables of the app"),
        spoil=variables_of_all_branches,
    ),
    Row(name="parameter by hand", says=("staging/DATABASE_URL", "stack's tags"), spoil=parameter_by_hand),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_bad_input_is_one_clear_message_and_changes_nothing(project: Project, row: Row) -> None:
    row.spoil(project)
    before, mutations = project.snapshot(), project.mutations()
    with watched_processes() as command_lines:
        result = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview", env=row.env)
    assert result.status not in (0, 7), result.text
    assert all(words in result.text for words in row.says), result.text
    assert not project.traceback(result)
    assert (project.snapshot(), project.mutations()) == (before, mutations)
    places = {"output": result.text, "process list": "\n".join(command_lines), **project.places()}
    assert [
        name for name, text in places.items() if any(secret in text for secret in (BAD_KEY, *project.secrets()))
    ] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.env.keys() & {"NEON_API_KEY", "NEON_API_HOST"}], ids=str)
def test_a_stack_that_exists_says_so_too_when_it_is_refreshed(project: Project, row: Row) -> None:
    project.up("staging")
    before = project.mutations()
    result = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview", env=row.env)
    assert result.status not in (0, 7), result.text
    assert all(words in result.text for words in row.says), result.text
    assert "components.neon" not in result.text
    assert not project.traceback(result)
    assert project.mutations() == before


def test_all_problems_of_settings_and_cloud_come_out_together(project: Project) -> None:
    project.edit("staging", "environment", stage="WRONG")
    project.edit("staging", "database", source="nope")
    project.edit("staging", "app", name="nope")
    text = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").text
    assert all(words in text for words in ("3 problems", "environment.stage", "no branch 'nope'", "no Amplify app"))


def test_a_plans_limit_is_told_as_such_and_the_next_up_goes_on(project: Project) -> None:
    project.settings("neon", branches_limit=1)
    try:
        refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    finally:
        project.settings("neon", branches_limit=None)
    assert refused.status != 0
    assert "plan" in refused.text
    assert "BRANCHES_LIMIT_EXCEEDED" in refused.text
    assert not project.traceback(refused)
    project.up("staging")
    assert project.notes("staging") == {"from production"}
