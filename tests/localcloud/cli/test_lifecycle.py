from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.identity import mark, wait_for_end
from tests.localcloud.cli.conftest import Cloud


def kill(cloud: Cloud, part: str) -> int:
    """SIGKILL the part and wait until it is gone."""
    pid = cloud.starts(part)[-1]
    found = mark(pid, part)
    assert found is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end([found], 5) == []
    return pid


def test_up_starts_every_part_and_says_where_it_is(cloud: Cloud) -> None:
    printed = cloud.good("up")
    assert "http://127.0.0.1:" in printed
    assert "/api/v2" in printed
    assert "run -- pulumi up" in printed
    assert cloud.call("status").returncode == 0


def test_up_seeds_the_parts_from_the_stack_files(cloud: Cloud) -> None:
    cloud.good("up")
    (project,) = cloud.note("neon")["projects"]
    assert (project["name"], project["branch"]) == ("salon-data", "main")
    assert cloud.note("aws")["apps"] == [{"name": "salon"}]
    assert [one["name"] for one in cloud.note("aws")["parameters"]] == ["/team/salon/KEY"]


def test_a_second_up_finds_the_first(cloud: Cloud) -> None:
    cloud.good("up")
    assert "already up" in cloud.good("up")
    assert len(cloud.starts("neon")) == len(cloud.starts("aws")) == 1


def test_two_ups_at_once_start_each_part_once(cloud: Cloud) -> None:
    both = [
        subprocess.Popen(cloud.command("up"), cwd=cloud.folder, env=cloud.env, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [one.wait(timeout=30) for one in both] == [0, 0]
    assert len(cloud.starts("neon")) == len(cloud.starts("aws")) == 1


def test_down_leaves_no_process_and_keeps_the_data(cloud: Cloud) -> None:
    cloud.good("up")
    printed = cloud.good("down")
    assert all(f"(pid {cloud.starts(part)[0]})" in printed for part in ("neon", "aws"))
    assert cloud.processes() == []
    assert cloud.note("aws")["apps"]


def test_down_twice_is_no_error(cloud: Cloud) -> None:
    cloud.good("up")
    cloud.good("down")
    assert "nothing to end" in cloud.good("down")


def test_down_ends_a_server_whose_record_is_lost(cloud: Cloud) -> None:
    cloud.good("up")
    for record in cloud.home.run.glob("*.json"):
        record.unlink()
    cloud.good("down")
    assert cloud.processes() == []


def test_down_leaves_a_stranger_alone_that_has_the_pid_of_a_dead_part(cloud: Cloud) -> None:
    cloud.good("up")
    dead = kill(cloud, "neon")
    path = cloud.home.run / "neon.json"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        path.write_text(path.read_text().replace(f'"pid": {dead}', f'"pid": {stranger.pid}'))
        cloud.good("down")
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert stranger.returncode == 0


def test_status_shows_a_killed_part_and_up_mends_it(cloud: Cloud) -> None:
    cloud.good("up")
    kill(cloud, "aws")
    answer = cloud.call("status")
    assert answer.returncode == 3
    assert [line.split()[1] for line in answer.stdout.splitlines()] == ["state", "running", "died"]
    assert "aws (it had died)" in cloud.call("up").stderr
    assert cloud.call("status").returncode == 0
    assert (len(cloud.starts("neon")), len(cloud.starts("aws"))) == (1, 2)


def test_status_before_the_first_up_says_stopped_and_makes_nothing(cloud: Cloud) -> None:
    answer = cloud.call("status")
    assert (answer.returncode, answer.stdout.count("stopped")) == (3, 2)
    assert not cloud.home.root.exists()


def test_a_restart_keeps_the_addresses(cloud: Cloud) -> None:
    before = cloud.good("up").splitlines()[1:3]
    cloud.good("down")
    assert cloud.good("up").splitlines()[1:3] == before


def test_reset_discards_state_and_stacks_and_is_up_again(cloud: Cloud) -> None:
    cloud.good("up")
    gone = [folder / "left" for folder in (cloud.home.state("neon"), cloud.home.backend, cloud.home.stacks)]
    for path in gone:
        path.write_text("data")
    keys = cloud.home.keys.read_text()
    cloud.good("reset", "--yes")
    assert not any(path.exists() for path in gone)
    assert cloud.call("status").returncode == 0
    assert cloud.note("aws")["apps"]
    assert cloud.home.keys.read_text() == keys


def test_reset_stays_down_when_it_was_down(cloud: Cloud) -> None:
    cloud.good("up")
    cloud.good("down")
    cloud.good("reset", "--yes")
    assert cloud.processes() == []
    assert not cloud.home.backend.exists()


def test_reset_asks_and_without_a_terminal_wants_a_word(cloud: Cloud) -> None:
    cloud.good("up")
    answer = cloud.call("reset")
    assert (answer.returncode, "reset --yes" in answer.stderr) == (2, True)
    assert cloud.call("status").returncode == 0


def test_another_home_is_another_cloud(cloud: Cloud, tmp_path: Path) -> None:
    cloud.good("up")
    other = {"LOCALCLOUD_HOME": str(tmp_path / "other home")}
    assert cloud.call("up", env=other).returncode == 0
    assert cloud.call("down", env=other).returncode == 0
    assert cloud.call("status").returncode == 0


@pytest.mark.parametrize("name", ["50%", "a:b", "c#"])
def test_a_home_that_no_url_can_name_is_refused(cloud: Cloud, tmp_path: Path, name: str) -> None:
    answer = cloud.call("up", env={"LOCALCLOUD_HOME": str(tmp_path / name)})
    assert (answer.returncode, "LOCALCLOUD_HOME" in answer.stderr) == (2, True)


def test_without_a_project_and_a_home_it_says_what_is_missing(cloud: Cloud) -> None:
    (cloud.folder / "Pulumi.yaml").unlink()
    answer = cloud.call("status")
    assert (answer.returncode, "no Pulumi.yaml" in answer.stderr) == (2, True)
