from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys

import psutil
import pytest

from localcloud import lifecycle
from localcloud.errors import LocalcloudError
from localcloud.locking import locked
from localcloud.parts import parse_ready
from tests.localcloud.cli.conftest import Cloud


def spoil(cloud: Cloud, part: str, how: str) -> None:
    cloud.home.make()
    cloud.home.state(part).mkdir()
    (cloud.home.state(part) / how).touch()


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(cloud: Cloud) -> None:
    spoil(cloud, "aws", "fail")
    answer = cloud.call("up")
    assert answer.returncode == 1
    assert "aws ended before it was ready" in answer.stderr
    assert "the disk is made of cheese" in answer.stderr


def test_the_parts_that_did_start_are_found_by_the_next_up(cloud: Cloud) -> None:
    spoil(cloud, "aws", "fail")
    cloud.call("up")
    (cloud.home.state("aws") / "fail").unlink()
    cloud.good("up")
    assert cloud.call("status").returncode == 0


def test_a_part_that_never_gets_ready_is_ended_at_the_deadline(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(cloud, "neon", "mute")
    monkeypatch.setattr(lifecycle, "READY_SECONDS", 0.5)
    with pytest.raises(LocalcloudError, match="not ready after 0 s: neon"):
        lifecycle.bring_up(cloud.site())
    assert cloud.starts("neon")[0] not in cloud.processes()


def test_a_part_that_does_not_answer_is_started_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    lifecycle.bring_up(cloud.site())
    os.kill(cloud.starts("neon")[0], signal.SIGSTOP)
    monkeypatch.setattr(lifecycle, "SILENCE_SECONDS", 0.3)
    assert [how.value for _, _, how in lifecycle.standings(cloud.site(), 0.3)] == ["silent", "running"]
    assert lifecycle.bring_up(cloud.site()).started == ("neon",)
    assert [how.value for _, _, how in lifecycle.standings(cloud.site())] == ["running", "running"]


def test_the_keys_are_readable_by_their_owner_only_and_in_no_command_line(cloud: Cloud) -> None:
    cloud.good("up")
    keys = json.loads(cloud.home.keys.read_text())
    assert stat.S_IMODE(cloud.home.keys.stat().st_mode) == 0o600
    words = [word for pid in cloud.processes() for word in psutil.Process(pid).cmdline()]
    assert words
    assert not set(keys.values()) & {part for word in words for part in (word, *word.split("="))}


def test_the_parts_get_none_of_the_callers_credentials(cloud: Cloud) -> None:
    real = {
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_PROFILE": "prod",
        "PULUMI_ACCESS_TOKEN": "real",
        "NEON_API_KEY": "real",
    }
    assert cloud.call("up", env=real).returncode == 0
    key = json.loads(cloud.home.keys.read_text())["neon_api_key"]
    neon, aws = (cloud.note(part, "environment.json") for part in ("neon", "aws"))
    assert "real" not in {*neon.values(), *aws.values()}
    assert (neon["NEON_API_KEY"], aws.get("NEON_API_KEY"), aws.get("AWS_PROFILE")) == (key, None, None)


def test_a_command_waits_for_the_lock_and_says_so(cloud: Cloud) -> None:
    cloud.home.make()
    said: list[str] = []
    with (
        locked(cloud.home, said.append),
        pytest.raises(LocalcloudError, match="another localcloud command"),
        locked(cloud.home, said.append, patience=0.1),
    ):
        pytest.fail("the lock was given twice")
    assert "waiting for it" in said[0]


@pytest.mark.parametrize("line", ["", "ready", "[]", '{"ready": false, "port": 1}', '{"ready": true}'])
def test_anything_but_a_ready_line_is_refused(line: str) -> None:
    with pytest.raises(LocalcloudError, match="neon should have said"):
        parse_ready("neon", line)


def test_a_lock_does_not_outlive_a_killed_command(cloud: Cloud) -> None:
    cloud.home.make()
    script = (
        "import fcntl, os, sys; handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX); print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(cloud.home.lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1\n"
        holder.kill()
    with locked(cloud.home, pytest.fail, patience=1):
        assert holder.returncode != 0
