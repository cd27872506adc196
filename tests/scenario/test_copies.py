"""Copies of parameters where Amplify itself looks for secrets."""

from __future__ import annotations

from tests.scenario.project import Project

BRANCH = "feature/login"  # a level of its own in one of the paths, and none in the other


def below(project: Project, path: str) -> dict[str, str]:
    pages = project.aws("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    return {one["Name"].removeprefix(f"{path}/"): one["Value"] for page in pages for one in page["Parameters"]}


def paths(project: Project) -> tuple[str, str]:
    """That of a build's secrets, and that of a Gen 2 backend's: its end is a hash of the app's id and the branch."""
    parents = project.aws("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Path", "Option": "Recursive", "Values": [f"/amplify/{project.app_id}"]}]
    )
    found = {one["Name"].rpartition("/")[0] for one in parents["Parameters"]}
    build = f"/amplify/{project.app_id}/{BRANCH}"
    [backend] = found - {build}
    return build, backend


def test_copies_follow_their_parameters_wherever_amplify_reads_them_and_go_with_the_stack(project: Project) -> None:
    project.edit("dev", "environment", git_branch=BRANCH)
    project.configure("dev", f"{project.name}:build_secrets", ["NEXTAUTH_SECRET", "DIRECT_URL"])
    project.configure("dev", f"{project.name}:branch_secrets", ["NEXTAUTH_SECRET"])
    project.up("dev")
    build, backend = paths(project)
    own = {key: value for key, (_, value) in project.parameters("dev").items()}
    assert below(project, build) == {key: own[key] for key in ("NEXTAUTH_SECRET", "DIRECT_URL")}
    assert below(project, backend) == {"NEXTAUTH_SECRET": own["NEXTAUTH_SECRET"]}
    assert backend.startswith(f"/amplify/{project.app_id}/featurelogin-branch-")
    assert "(also for build_secrets, branch_secrets)" in project.ops("variables", "dev").text
    project.aws("ssm").put_parameter(Name=f"{backend}/NEXTAUTH_SECRET", Value="edited by hand", Overwrite=True)
    project.aws("ssm").delete_parameter(Name=f"{build}/DIRECT_URL")
    project.configure("dev", f"{project.name}:build_secrets", ["DIRECT_URL"])
    project.up("dev")
    assert below(project, backend) == {"NEXTAUTH_SECRET": own["NEXTAUTH_SECRET"]}
    assert below(project, build) == {"DIRECT_URL": own["DIRECT_URL"]}
    assert project.jobs(BRANCH) == ["SUCCEED", "SUCCEED"]
    project.good("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert below(project, build) == below(project, backend) == {}


def test_what_is_there_and_not_ours_is_counted_and_never_overwritten(project: Project) -> None:
    path = f"/amplify/{project.app_id}/develop"
    theirs = {f"S{number}": "by hand" for number in range(9)} | {"DIRECT_URL": "by hand"}
    project.put("aws", {"parameters": [{"name": f"{path}/{key}", "value": text} for key, text in theirs.items()]})
    project.configure("dev", f"{project.name}:build_secrets", ["NEXTAUTH_SECRET", "DIRECT_URL"])
    refused = project.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")
    assert refused.status != 0
    assert "would be 11, 10 of them not this stack's" in refused.text
    assert f"{path}/DIRECT_URL: exists in SSM and does not carry this stack's tags" in refused.text
    assert below(project, path) == theirs
    assert project.git_branches() == set()
