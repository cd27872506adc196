"""What the application reads at run time: a role for each environment, set on its Amplify branch."""

from __future__ import annotations

import json
from typing import Any

from tests.components.test_policies import allowed
from tests.scenario.project import Project
from tests.scenario.test_build import start_a_long_build

CHANGES_FOUND = 7


def role_of(project: Project, stack: str) -> tuple[str, str]:
    """Its ARN and its policy, as IAM has them."""
    iam, name = project.aws("iam"), f"{project.name}@{stack}"
    policy: Any = iam.get_role_policy(RoleName=name, PolicyName="parameters")["PolicyDocument"]
    return str(iam.get_role(RoleName=name)["Role"]["Arn"]), policy if isinstance(policy, str) else json.dumps(policy)


def roles(project: Project) -> set[str]:
    pages = project.aws("iam").get_paginator("list_roles").paginate()
    names = {role["RoleName"] for page in pages for role in page["Roles"]}
    return {name for name in names if name.startswith(f"{project.name}@")}


def set_role(project: Project, arn: str) -> None:
    project.aws("amplify").update_branch(appId=project.app_id, branchName="staging", computeRoleArn=arn)


def use(project: Project, runtime: str) -> None:
    for stack in ("dev", "staging", "prod"):
        project.edit(stack, "application", runtime=runtime)


def apart(project: Project) -> None:
    """Production has an app of its own, where even the git branch may be another environment's."""
    name = f"{project.name}-production"
    project.put("aws", {"apps": [{"name": name}]})
    project.edit("prod", "app", name=name)
    project.edit("prod", "environment", git_branch="develop")


def test_each_environments_branch_has_a_role_that_reads_its_own_parameters_alone(project: Project) -> None:
    use(project, "ssm")
    apart(project)
    for stack in ("dev", "prod"):
        project.up(stack)
    found = {stack: role_of(project, stack) for stack in ("dev", "prod")}
    for stack, (arn, _) in found.items():
        branch = project.aws("amplify").get_branch(appId=project.outputs(stack)["app_id"], branchName="develop")
        assert branch["branch"]["computeRoleArn"] == arn
    assert project.outputs("dev")["app_id"] == project.app_id != project.outputs("prod")["app_id"]
    names = {
        stack: f"arn:aws:ssm:us-west-1:123456789012:parameter/{project.name}/{stack}/DATABASE_URL" for stack in found
    }
    for stack, (_, policy) in found.items():
        readable = [one for one, name in names.items() if allowed(policy, "ssm:GetParameter", name)]
        assert readable == [stack]
    project.good("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert roles(project) == {f"{project.name}@prod"}


def test_a_role_that_somebody_changed_is_drift_and_is_mended_when_no_build_runs(project: Project) -> None:
    use(project, "ssm")
    project.up("staging")
    ours = role_of(project, "staging")[0]
    for by_hand in ("", "arn:aws:iam::123456789012:role/by-hand"):
        set_role(project, by_hand)
        assert project.drift("staging").status == CHANGES_FOUND
        project.up("staging")
        assert project.branch("staging")["computeRoleArn"] == ours
    set_role(project, "")
    start_a_long_build(project)
    project.edit("staging", "build", running="cancel")
    project.up("staging")
    assert project.branch("staging")["computeRoleArn"] == ours
    assert project.jobs("staging") == ["CANCELLED", "SUCCEED"]
    use(project, "none")
    project.up("staging")
    assert project.branch("staging").get("computeRoleArn", "") == ""
    assert roles(project) == set()
    assert project.drift("staging").status == 0


def test_an_adopted_branch_gets_the_role_back_that_it_had(project: Project) -> None:
    before = "arn:aws:iam::123456789012:role/theirs"
    project.aws("amplify").create_branch(appId=project.app_id, branchName="staging", computeRoleArn=before)
    project.edit("staging", "environment", adopt=True)
    use(project, "ssm")
    assert "its compute role theirs gives way" in " ".join(project.good("preview", "--stack", "staging").split())
    project.up("staging")
    assert project.branch("staging")["computeRoleArn"] == role_of(project, "staging")[0]
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert project.branch("staging")["computeRoleArn"] == before
