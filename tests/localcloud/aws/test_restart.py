"""What survives the process: everything that was acknowledged, and none of what it started."""

from __future__ import annotations

import json
import os
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.localcloud.aws.project import Project, failure, make_project, sleeping
from tests.localcloud.aws.repository import specification
from tests.localcloud.aws.server import DEADLINE, Server, running, wait_for
from tests.localcloud.aws.test_resources import TRUST, stack, template

MARK = f"98{os.getpid()}"
LOST = "the stand-in for AWS, or the job's worker, ended while the job ran"


def fill(server: Server) -> str:
    ssm, amplify = server.client("ssm"), server.client("amplify")
    ssm.put_parameter(Name="/a/KEY", Value="one", Type="SecureString", Tags=[{"Key": "k", "Value": "v"}])
    ssm.put_parameter(Name="/a/KEY", Value="two", Overwrite=True)
    ssm.put_parameter(Name="gone", Value="x", Type="String")
    ssm.delete_parameter(Name="gone")
    app_id = server.new_app()
    amplify.create_branch(appId=app_id, branchName="feature/x", environmentVariables={"A": "1"})
    server.control("PUT", "settings", {"job_seconds": 0.05, "fail_next_job": {f"{app_id}/feature/x": "BUILD"}})
    server.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    server.client("cloudformation").create_stack(StackName="s", TemplateBody=template("a"))
    server.client("dynamodb").put_item(TableName="a", Item={"id": {"S": "1"}})
    return app_id


def check(server: Server, app_id: str) -> None:
    ssm, amplify = server.client("ssm"), server.client("amplify")
    history = ssm.get_parameter_history(Name="/a/KEY", WithDecryption=True)["Parameters"]
    assert [(one["Version"], one["Value"]) for one in history] == [(1, "one"), (2, "two")]
    assert [one["Name"] for one in ssm.describe_parameters()["Parameters"]] == ["/a/KEY"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a/KEY")["TagList"]
    assert tags == [{"Key": "k", "Value": "v"}]
    branch = amplify.get_branch(appId=app_id, branchName="feature/x")["branch"]
    assert branch["environmentVariables"] == {"A": "1"}
    assert server.control("GET", "settings")["fail_next_job"] == {f"{app_id}/feature/x": "BUILD"}


def check_resources(server: Server, stack_id: str) -> None:
    tables, stacks = server.client("dynamodb"), server.client("cloudformation")
    assert tables.scan(TableName="a")["Items"] == [{"id": {"S": "1"}}]
    assert [role["RoleName"] for role in server.client("iam").list_roles()["Roles"]] == ["r"]
    assert stack(stacks, "s")["StackId"] == stack_id
    stacks.delete_stack(StackName="s")
    assert tables.list_tables()["TableNames"] == []


def busy(server: Server, path: Path) -> Project:
    """A project whose first job is in the middle of its commands."""
    project = make_project(server, path)
    project.repository.commit({"amplify.yml": specification(f"setsid sleep {MARK} & sleep {MARK}")})
    project.start()
    wait_for("the job's commands to run", lambda: len(sleeping(MARK)) == 2)
    return project


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_everything_is_there_after_the_process_has_ended(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "state") as server:
        app_id = fill(server)
        project = busy(server, tmp_path / "source")
        stack_id = stack(server.client("cloudformation"), "s")["StackId"]
        dates = [one["LastModifiedDate"] for one in server.client("ssm").describe_parameters()["Parameters"]]
        written = len(server.journal())
        server.process.send_signal(number)
        code = server.process.wait(DEADLINE)
    assert code == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    wait_for("the end of the job's processes", lambda: not sleeping(MARK))
    with running(tmp_path / "state", int(server.address.rpartition(":")[2])) as again:
        check(again, app_id)
        check_resources(again, stack_id)
        assert failure(replace(project, server=again).job("1")) == ("BUILD", LOST)
        assert [one["LastModifiedDate"] for one in again.client("ssm").describe_parameters()["Parameters"]] == dates
        assert again.journal(written)[0]["n"] == written + 1
        assert again.client("ssm").put_parameter(Name="/a/KEY", Value="three", Overwrite=True)["Version"] == 3


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path) -> None:
    with running(tmp_path / "state") as server:
        fill(server)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    files = [path for path in (tmp_path / "state").iterdir() if path.is_file()]
    names = ("amplify.json", "ssm.json", "resources.json", "journal.jsonl")
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in files} == dict.fromkeys(names, 0o600)
