"""Three environments alive: what is in Neon, in AWS and in the databases after the ups of a new project."""

from __future__ import annotations

import re

import pytest

from localcloud.demo.watching import watched_processes
from tests.scenario.cloud import STACKS
from tests.scenario.project import Project


def test_each_environment_has_a_database_branch_parameters_and_an_amplify_branch_of_its_own(project: Project) -> None:
    for stack in STACKS:
        project.up(stack)
    for stack in STACKS:
        project.sql(stack, f"INSERT INTO notes VALUES ('written on {stack}')")
    assert project.neon_branches().keys() == {"main", "staging", "dev"}
    assert project.git_branches() == {"main", "staging", "develop"}
    for stack in STACKS:
        assert project.notes(stack) == {"from production", f"written on {stack}"}


def test_connection_strings_and_secrets_reach_ssm_are_in_clear_nowhere_and_a_second_up_changes_nothing(
    project: Project,
) -> None:
    token = "-".join(("tok", "9f3a", "secret"))
    project.good("config", "set", "--secret", "--path", "secrets.MAIL_TOKEN", token, "--stack", "staging")
    with watched_processes() as command_lines:
        said = project.up("staging") + project.drift("staging").text
    outputs, parameters = project.outputs("staging"), project.parameters("staging")
    assert parameters == {
        "DATABASE_URL": ("SecureString", outputs["database_url"]),
        "DIRECT_URL": ("SecureString", outputs["direct_url"]),
        "NEXTAUTH_SECRET": ("SecureString", "made-up-for-staging"),
        "MAIL_TOKEN": ("SecureString", token),
    }
    password = outputs["direct_url"].split(":")[2].split("@")[0]
    places = {"output": said, "process list": "\n".join(command_lines), **project.places()}
    for secret in (token, password, *project.secrets()):
        assert [name for name, text in places.items() if secret in text] == []
    host = outputs["neon_endpoint_host"]
    assert f"@{host}" in outputs["direct_url"]
    assert f"@{host.replace('.', '-pooler.', 1)}" in outputs["database_url"]
    before = project.mutations()
    project.up("staging", "--expect-no-changes")
    assert project.mutations() == before, "a second up changes nothing and sends no mutating request"
    assert project.drift("staging").status == 0


def test_the_amplify_branch_holds_plain_variables_and_no_secret_and_a_change_in_the_stack_file_changes_that_alone(
    project: Project,
) -> None:
    project.up("dev")
    branch = project.branch("develop")
    assert branch["stage"] == "DEVELOPMENT"
    assert branch["environmentVariables"] == {
        "APP_ENV": "dev",
        "BACKEND_MODE": "none",
        "LOG_LEVEL": "debug",
        "MIGRATIONS": "push",
        "MIGRATION_COMMAND": "npx prisma db push --accept-data-loss",
        "NEXTAUTH_URL": "https://dev.nailit.app",
        "NEXT_PUBLIC_SHOW_DRAFTS": "true",
        "NODE_ENV": "production",
        "PARAMETER_PREFIX": f"/{project.name}/dev",
        "REQUIRED": "DATABASE_URL DIRECT_URL NEXTAUTH_URL NEXTAUTH_SECRET",
        "PLAIN_NAMES": "APP_ENV LOG_LEVEL NEXTAUTH_URL NEXT_PUBLIC_SHOW_DRAFTS NODE_ENV PARAMETER_PREFIX",
        "RUNTIME": "none",
    }
    assert branch["tags"].pop("pulumi:made") <= project.now()
    assert branch["tags"] == {
        "pulumi:project": project.name,
        "pulumi:stack": "dev",
        "environment": "dev",
        "owner": "developers",
    }
    changes_that_and_no_more(project)


def changes_that_and_no_more(project: Project) -> None:
    """Without an address of its own, an environment is told Amplify's."""
    before = project.branch("develop")["environmentVariables"]
    project.edit("dev", "environment", url=...)
    project.edit("dev", "variables", LOG_LEVEL="trace")
    project.edit("dev", "database", compute={"min": 0.5, "max": 2, "suspend": 300})
    project.up("dev")
    outputs = project.outputs("dev")
    assert outputs["url"] == f"https://develop.{outputs['app_id']}.amplifyapp.com"
    told = {"LOG_LEVEL": "trace", "NEXTAUTH_URL": outputs["url"]}
    assert project.branch("develop")["environmentVariables"] == {**before, **told}
    endpoint = project.neon("GET", f"/branches/{outputs['neon_branch_id']}/endpoints")["endpoints"][0]
    assert (endpoint["autoscaling_limit_min_cu"], endpoint["autoscaling_limit_max_cu"]) == (0.5, 2)
    assert project.notes("dev") == {"from production"}


def test_production_is_adopted_protected_and_left_in_place_by_a_destroy(project: Project) -> None:
    main = project.neon_branches()["main"]["id"]
    project.up("prod")
    assert project.outputs("prod")["neon_branch_id"] == main
    assert project.neon_branches()["main"]["protected"]
    refused = project.pulumi("destroy", "--stack", "prod", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "protect" in refused.text
    assert len(project.parameters("prod")) == 3
    assert project.aws("ssm").get_parameter(Name=f"/{project.name}/.deployments/prod")["Parameter"]["Version"] > 1
    project.good("state", "unprotect", "--all", "--yes", "--stack", "prod")
    project.good("destroy", "--stack", "prod", "--yes", "--skip-preview")
    assert project.neon_branches()["main"]["id"] == main
    assert project.parameters("prod") == {}


def test_a_branch_with_a_time_to_live_expires_and_is_made_anew(project: Project) -> None:
    project.edit("dev", "database", ttl="7d")
    project.up("dev")
    branch = project.neon_branches()["dev"]
    assert branch["ttl_interval_seconds"] == pytest.approx(7 * 86400, abs=60)
    project.up("dev", "--expect-no-changes")
    project.edit("dev", "database", ttl="36h")
    project.up("dev")
    assert project.neon_branches()["dev"]["ttl_interval_seconds"] == pytest.approx(36 * 3600, abs=60)
    project.neon("DELETE", f"/branches/{branch['id']}")  # as Neon does when the time has come
    project.up("dev")
    assert project.neon_branches()["dev"]["id"] != branch["id"]
    project.edit("dev", "database", ttl=...)
    project.up("dev")
    assert project.neon_branches()["dev"].get("expires_at") is None


def test_destroying_one_environment_leaves_nothing_of_it_and_the_others_alone(project: Project) -> None:
    project.up("staging")
    project.up("dev")
    project.good("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert project.neon_branches().keys() == {"main", "staging"}
    assert project.git_branches() == {"staging"}
    assert project.parameters("dev") == {}
    assert len(project.parameters("staging")) == 3
    assert project.notes("staging") == {"from production"}


def test_an_environment_without_a_database_works_too(project: Project) -> None:
    project.edit("dev", "database", **dict.fromkeys(("project", "branch", "source", "compute", "migrations"), ...))
    project.good("config", "set", "--path", "required[0]", "NEXTAUTH_URL", "--stack", "dev")
    project.up("dev")
    assert project.parameters("dev").keys() == {"NEXTAUTH_SECRET"}
    assert project.branch("develop")["environmentVariables"]["MIGRATIONS"] == "none"
    assert project.neon_branches().keys() == {"main"}


def test_values_come_from_ssm_from_another_stack_and_from_the_environment_itself(project: Project) -> None:
    project.up("dev")
    dev = project.outputs("dev")
    plain = f"/team/{project.name}/theme"
    project.put("aws", {"parameters": [{"name": plain, "value": "dark", "type": "String"}]})
    upstream = {"stack": f"{project.name}/dev", "output": "neon_branch_id"}
    project.edit("staging", "parameters", UPSTREAM=upstream, DEV_URL={**upstream, "output": "database_url"})
    project.edit("staging", "variables", THEME={"ssm": plain}, DEV_BRANCH=upstream, APP={"derived": "app_id"})
    listed = project.ops("variables", "staging").text
    assert re.search(rf"THEME +variable +SSM {plain} +dark\n", listed)
    project.up("staging")
    variables = project.branch("staging")["environmentVariables"]
    assert (variables["THEME"], variables["DEV_BRANCH"]) == ("dark", dev["neon_branch_id"])
    assert variables["APP"] == project.app_id
    parameters = project.parameters("staging")
    assert parameters["UPSTREAM"] == ("SecureString", dev["neon_branch_id"])
    assert parameters["DEV_URL"] == ("SecureString", dev["database_url"])
    project.aws("ssm").put_parameter(Name=plain, Value="light", Overwrite=True)
    project.up("staging")
    assert project.branch("staging")["environmentVariables"]["THEME"] == "light"
    assert project.jobs("staging") == ["SUCCEED", "SUCCEED"]


def refused_up(project: Project) -> str:
    """What it said, on one line."""
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    return " ".join(refused.text.split())


def test_an_app_is_made_with_its_repository_and_the_role_of_its_builds_and_its_token_shows_nowhere(
    project: Project,
) -> None:
    name, token = f"{project.name}-new", "-".join(("ghp", "of", "a", "person"))
    role = "arn:aws:iam::123456789012:role/builds"
    repository = {"repository": "https://example.com/team/application", "service_role": role}
    project.edit("staging", "app", name=..., create={"name": name, **repository})
    assert "needs a token for the repository" in refused_up(project)
    source = f"/team/{project.name}/token"
    project.edit("staging", "app", create={"name": name, **repository, "token": {"ssm": source}})
    assert f"app.create.token: there is no SSM parameter {source}" in refused_up(project)
    project.aws("ssm").put_parameter(Name=source, Value=token, Type="SecureString")
    project.up("staging")
    app = project.aws("amplify").get_app(appId=project.outputs("staging")["app_id"])["app"]
    assert (app["name"], app["iamServiceRoleArn"], app["repository"]) == (name, role, repository["repository"])
    project.up("staging", "--expect-no-changes")
    assert [place for place, text in project.places().items() if token in text] == []
    assert not any(token in text for text in project.heard)
