"""A small process that stands for a fork of the warm one: streams, status and signals are the fork's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

DEADLINE = 20.0
STAND = (
    "import sys; from localcloud.warm.standing import stand_for; sys.exit(stand_for(sys.argv[1], tuple(sys.argv[2:])))"
)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psutil.Process]:
    state = tmp_path_factory.mktemp("warm") / "state"
    command = [sys.executable, "-m", "localcloud.warm", "--state", str(state), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        os.environ["LOCALCLOUD_WARM"] = str(state)
        yield psutil.Process(process.pid)
        del os.environ["LOCALCLOUD_WARM"]
        process.terminate()


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STAND, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_streams_and_the_status_are_the_forks(warm: psutil.Process) -> None:
    with start("json.tool", "--compact") as good:
        assert good.communicate('{"a": 1}', timeout=DEADLINE)[0] == '{"a":1}\n'
    with start("json.tool") as bad:
        assert "Expecting property name" in bad.communicate("{", timeout=DEADLINE)[1]
    assert (good.returncode, bad.returncode) == (0, 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_fork_ends_with_the_process_that_stands_for_it(warm: psutil.Process, number: signal.Signals) -> None:
    with start("http.server", "0", "--bind", "127.0.0.1") as standing:
        assert standing.stdout is not None
        assert "Serving HTTP" in standing.stdout.readline()
        forks = warm.children()
        assert len(forks) == 1
        standing.send_signal(number)
        status = standing.wait(DEADLINE)
        _, alive = psutil.wait_procs(forks, DEADLINE)
    assert alive == []
    assert status == (128 + signal.SIGTERM if number == signal.SIGTERM else -signal.SIGKILL)


def test_without_a_warm_process_nothing_is_forked(tmp_path: Path) -> None:
    code = "from localcloud.warm.standing import stand_for; print(stand_for('platform', ()))"
    env = {**os.environ, "LOCALCLOUD_WARM": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
