"""An environment's own host name: associated by its stack, its records told until they are set."""

from __future__ import annotations

from typing import Any

from tests.scenario.project import Project
from tests.scenario.standins import put
from tests.scenario.test_runtime import role_of, use


def verify(project: Project, name: str) -> None:
    """As when a person has set the records at the registrar."""
    put(f"{project.env['AWS_ENDPOINT_URL']}/_localcloud/verify-domain", {"app": project.app_id, "name": name})


def domains(project: Project, app_id: str | None = None) -> dict[str, dict[str, str]]:
    found = project.aws("amplify").list_domain_associations(appId=app_id or project.app_id)["domainAssociations"]
    return {one["domainName"]: dict(map(leads, one["subDomains"])) for one in found}


def leads(subdomain: dict[str, Any]) -> tuple[str, str]:
    setting = subdomain["subDomainSetting"]
    return setting["prefix"], setting["branchName"]


def test_a_host_name_is_associated_told_until_it_works_and_goes_with_its_stack(project: Project) -> None:
    project.settings("aws", domain_seconds=0.05, verify_domains=False)
    project.edit("staging", "environment", domain=True)
    project.up("staging")
    assert domains(project) == {"staging.nailit.app": {"": "staging"}}
    outputs = project.outputs("staging")
    certificate, own = outputs["domain_records"]
    assert (own["name"], own["type"]) == ("staging.nailit.app", "CNAME")
    assert certificate["name"].endswith(".staging.nailit.app")
    assert outputs["domain_status"] == "REQUESTED"
    said = " ".join(project.up("staging", "--expect-no-changes").split())
    assert "staging.nailit.app is PENDING_VERIFICATION: set at its registrar" in said
    assert f"{certificate['name']} CNAME {certificate['value']}" in said
    assert project.outputs("staging")["domain_status"] == "PENDING_VERIFICATION"
    verify(project, "staging.nailit.app")
    assert "registrar" not in project.up("staging", "--expect-no-changes")
    project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")
    assert domains(project) == {}


def test_a_host_name_follows_a_change_of_the_amplify_branch_when_the_new_one_is_built(project: Project) -> None:
    use(project, "ssm")
    project.settings("aws", domain_seconds=0.05)
    project.edit("staging", "environment", domain=True)
    project.up("staging")
    project.edit("staging", "environment", git_branch="other")
    project.wait_a_second()
    project.settings("aws", fail_next_job={f"{project.app_id}/other": "BUILD"})
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    assert domains(project) == {"staging.nailit.app": {"": "staging"}}
    project.up("staging")
    assert (domains(project), project.git_branches()) == ({"staging.nailit.app": {"": "other"}}, {"other"})
    project.wait_a_second()
    project.edit("staging", "environment", git_branch="staging")
    project.up("staging")
    assert (domains(project), project.git_branches()) == ({"staging.nailit.app": {"": "staging"}}, {"staging"})
    assert project.branch("staging")["computeRoleArn"] == role_of(project, "staging")[0]
    assert project.drift("staging").status == 0


def test_a_host_name_follows_a_change_of_the_app_when_the_new_branch_is_built(project: Project) -> None:
    project.settings("aws", domain_seconds=0.05)
    project.edit("staging", "environment", domain=True)
    project.up("staging")
    first = project.app_id
    project.put("aws", {"apps": [{"name": f"{project.name}-second"}]})
    second = project.apps()[f"{project.name}-second"]
    project.configure("staging", f"{project.name}:app", {"id": second})
    project.edit("staging", "build", wait=False)
    project.wait_a_second()
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert (refused.status != 0, "whose build nobody would wait for" in refused.text) == (True, True), refused.text
    project.edit("staging", "build", wait=True)
    project.settings("aws", fail_next_job={f"{second}/staging": "BUILD"})
    assert project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview").status != 0
    assert domains(project, first) == {"staging.nailit.app": {"": "staging"}}
    project.up("staging")
    assert (domains(project, first), domains(project, second)) == ({}, {"staging.nailit.app": {"": "staging"}})
    assert project.aws("amplify").list_branches(appId=first)["branches"] == []
    project.up("staging", "--expect-no-changes")


def test_a_host_name_that_leads_elsewhere_already_is_refused(project: Project) -> None:
    project.up("dev")
    mine = [{"prefix": "", "branchName": "develop"}, {"prefix": "staging", "branchName": "develop"}]
    project.aws("amplify").create_domain_association(
        appId=project.app_id, domainName="nailit.app", subDomainSettings=mine
    )
    for stack, text in (
        ("staging", "the app's domain nailit.app leads staging.nailit.app to develop"),
        ("prod", "leads nailit.app to develop, staging.nailit.app to develop"),
    ):
        project.edit(stack, "environment", domain=True)
        refused = project.pulumi("up", "--stack", stack, "--yes", "--skip-preview")
        assert refused.status != 0
        assert text in refused.text
    assert project.git_branches() == {"develop"}


def test_a_host_name_that_somebody_associated_by_hand_is_refused(
    project: Project,
) -> None:
    project.up("staging")
    mine = [{"prefix": "", "branchName": "staging"}]
    association = {"appId": project.app_id, "domainName": "staging.nailit.app"}
    project.aws("amplify").create_domain_association(**association, subDomainSettings=mine)
    project.edit("staging", "environment", domain=True)
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "the app has the domain staging.nailit.app, and this stack did not make it" in refused.text
    project.aws("amplify").delete_domain_association(**association)
    project.up("staging")
    project.up("staging", "--expect-no-changes")
    assert domains(project) == {"staging.nailit.app": {"": "staging"}}


def test_a_host_name_moves_to_no_branch_whose_build_nobody_waits_for(project: Project) -> None:
    project.edit("staging", "environment", domain=True)
    project.up("staging")
    project.edit("staging", "environment", git_branch="other")
    project.edit("staging", "build", wait=False)
    refused = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert (refused.status != 0, "is to lead to other, whose build nobody would wait for" in refused.text) == (
        True,
        True,
    )
    assert project.git_branches() == {"staging"}
