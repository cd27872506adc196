"""An up is done when what its build left is as it should be, and not before."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import yaml

from hosting.backends import backend_stack
from tests.scenario.project import Project


def deploy_backend(project: Project, branch: str, table: str, app_id: str = "") -> str:
    """A backend as a build of that branch deploys it, with one table; the name of its stack."""
    name = backend_stack(app_id or project.app_id, branch)
    key = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    properties = {**key, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    resources = {"Todo": {"Type": "AWS::DynamoDB::Table", "Properties": {**properties, "TableName": table}}}
    template = {"Resources": resources, "Outputs": {"userPoolId": {"Value": "one-for-all"}}}
    stacks = project.aws("cloudformation")
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})
    return name


def spoil(project: Project) -> None:
    """The parameters as somebody may have left them: one gone, one with another password, one of production."""
    ssm, prefix = project.aws("ssm"), f"/{project.name}/staging"
    ssm.delete_parameter(Name=f"{prefix}/NEXTAUTH_SECRET")
    pooled = urlsplit(project.parameters("staging")["DATABASE_URL"][1])
    wrong = pooled._replace(netloc=pooled.netloc.replace(str(pooled.password), "another"))
    ssm.put_parameter(Name=f"{prefix}/DATABASE_URL", Value=wrong.geturl(), Overwrite=True)
    production = project.uri_of(project.neon_branches()["main"]["id"])
    ssm.put_parameter(Name=f"{prefix}/DIRECT_URL", Value=production, Overwrite=True)


def test_a_backend_without_its_stack_or_a_table_fails_the_up_and_production_is_to_be_apart(project: Project) -> None:
    project.edit("staging", "backend", mode="own")
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert failed.status != 0
    assert f"the backend stack {backend_stack(project.app_id, 'staging')} does not exist" in failed.text
    deploy_backend(project, "staging", f"{project.name}-todo")
    project.up("staging")
    assert project.jobs("staging") == ["SUCCEED"]
    good = project.ops("verify", "staging")
    assert (good.status, f"ok      its tables are active: {project.name}-todo" in good.text) == (0, True), good.text
    assert "ok      build 1 of staging ended as SUCCEED, commit" in good.text
    assert "ok      its parameters are there: DATABASE_URL, DIRECT_URL, NEXTAUTH_SECRET" in good.text
    assert "ok      DATABASE_URL opens the database" in good.text
    assert "ok      DIRECT_URL leads to the stack's own Neon branch" in good.text
    spoil(project)
    project.aws("amplify").create_branch(appId=project.app_id, branchName="production", stage="PRODUCTION")
    deploy_backend(project, "production", f"{project.name}-other")
    project.aws("dynamodb").delete_table(TableName=f"{project.name}-todo")
    bad = project.ops("verify", "staging")
    assert bad.status != 0
    assert "checks of staging failed: `python -m ops build staging start` mends its own backend" in bad.text
    assert f"failed  the SSM parameter /{project.name}/staging/NEXTAUTH_SECRET is not there" in bad.text
    assert "failed  DATABASE_URL opens no database: password authentication failed" in bad.text
    assert "ok      DIRECT_URL opens the database" in bad.text
    assert "failed  DIRECT_URL leads to ep-" in bad.text
    assert f"failed  the table {project.name}-todo of the backend does not exist" in bad.text
    assert "failed  the user pool one-for-all: shared with the backend of production" in bad.text
    pushed = {"appId": project.app_id, "branchName": "staging", "jobType": "RELEASE", "commitId": "c0ffee" + "1" * 34}
    job = project.aws("amplify").start_job(**pushed)["jobSummary"]["jobId"]
    again = project.ops("build", "staging", "retry", job)
    assert (again.status != 0, f"the table {project.name}-todo" in again.text) == (True, True), again.text


def test_production_in_an_app_of_its_own_is_to_be_apart_too(project: Project) -> None:
    alone = f"{project.name}-alone"
    environment = {"git_branch": "main", "stage": "PRODUCTION", "owner": "live"}
    config = {"environment": environment, "app": {"name": alone}, "backend": {"mode": "own"}}
    text = yaml.safe_dump({"config": {f"{project.name}:{key}": value for key, value in config.items()}})
    (project.folder / "Pulumi.live.yaml").write_text(text)
    project.edit("staging", "backend", mode="own")
    deploy_backend(project, "staging", f"{project.name}-todo")
    project.up("staging")
    unknown = project.ops("verify", "staging")
    assert (unknown.status, f"main in the app {alone} (stack live): none in this account" in unknown.text) == (0, True)
    app_id = project.aws("amplify").create_app(name=alone)["app"]["appId"]
    deploy_backend(project, "main", f"{project.name}-live", app_id)
    shared = (
        f"the user pool one-for-all: shared with the backend of main in the app {alone} (stack live), and production"
    )
    found = project.ops("verify", "staging")
    assert (found.status, f"failed  {shared}" in found.text) == (1, True), found.text
    project.edit("staging", "variables", LOG_LEVEL="trace")
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert (failed.status != 0, shared in failed.text) == (True, True), failed.text
    project.edit("staging", "app", name=alone)
    before, left = project.snapshot(), "up deletes the Amplify branch 'staging'"
    unseen = " ".join(project.ops("build", "staging", "start").text.split())
    assert (left in unseen, "Nobody has looked at a preview of that" in unseen) == (True, True), unseen
    assert left in " ".join(project.good("preview", "--stack", "staging").split())
    assert project.snapshot() == before
