"""What survives the process: everything that was acknowledged."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest

from tests.localcloud.aws.server import DEADLINE, Server, running


def fill(server: Server) -> str:
    ssm, amplify = server.client("ssm"), server.client("amplify")
    ssm.put_parameter(Name="/a/KEY", Value="one", Type="SecureString", Tags=[{"Key": "k", "Value": "v"}])
    ssm.put_parameter(Name="/a/KEY", Value="two", Overwrite=True)
    ssm.put_parameter(Name="gone", Value="x", Type="String")
    ssm.delete_parameter(Name="gone")
    app_id = server.new_app()
    amplify.create_branch(appId=app_id, branchName="feature/x", environmentVariables={"A": "1"})
    server.control("PUT", "settings", {"job_seconds": 0.05, "fail_next_job": {f"{app_id}/feature/x": "BUILD"}})
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_everything_is_there_after_the_process_has_ended(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "state") as server:
        app_id = fill(server)
        dates = [one["LastModifiedDate"] for one in server.client("ssm").describe_parameters()["Parameters"]]
        written = len(server.journal())
        server.process.send_signal(number)
        code = server.process.wait(DEADLINE)
    assert code == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    with running(tmp_path / "state", int(server.address.rpartition(":")[2])) as again:
        check(again, app_id)
        assert [one["LastModifiedDate"] for one in again.client("ssm").describe_parameters()["Parameters"]] == dates
        assert again.journal(written)[0]["n"] == written + 1
        assert again.client("ssm").put_parameter(Name="/a/KEY", Value="three", Overwrite=True)["Version"] == 3


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path) -> None:
    with running(tmp_path / "state") as server:
        fill(server)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == {"amplify.json": 0o600, "ssm.json": 0o600, "journal.jsonl": 0o600}
