"""Commands as resources."""

from __future__ import annotations

import os
import threading
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2_grpc

from localcloud.providers.values import UNKNOWN, Secret
from tests.localcloud.aws.server import wait_for
from tests.localcloud.providers.plugin import DEADLINE, Plugin, line, started

COMMAND = "command:local:Command"


def run(command: Plugin, **inputs: Any) -> dict[str, Any]:
    return command.create(COMMAND, inputs)[1]


def test_a_command_gives_both_of_its_streams(command: Plugin) -> None:
    found, outputs = command.create(COMMAND, {"create": "echo out; echo err >&2"})
    assert found.startswith("thing")
    assert outputs == {"create": "echo out; echo err >&2", "stdout": "out", "stderr": "err"}


@pytest.mark.parametrize(
    ("inputs", "stdout"),
    [
        ({"create": "printf %s $X", "environment": {"X": "1"}}, "1"),
        ({"create": "cat", "stdin": "fed"}, "fed"),
        ({"create": "pwd", "dir": "/"}, "/"),
        ({"create": "import sys; print(sys.argv)", "interpreter": ["python3", "-c"]}, "['-c']"),
        ({"create": "printf 'a\\n\\n'"}, "a\n"),
        ({"create": "true", "stdin": "not read" * 100000}, ""),
        ({"create": "cat", "stdin": "x" * 300000}, "x" * 300000),
    ],
)
def test_inputs_reach_the_command(command: Plugin, inputs: dict[str, Any], stdout: str) -> None:
    assert run(command, **inputs)["stdout"] == stdout


def test_a_failure_says_how_what_and_all_output(command: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        run(command, create='echo "seen"; exit 3')
    assert line(error) == 'exit status 3: running "echo \\"seen\\"; exit 3":\nseen\n'


def test_a_command_that_cannot_be_started_is_named(command: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        run(command, create="x", interpreter=["/no/such/program"])
    assert line(error).startswith("/no/such/program: No such file or directory")


def test_an_update_runs_update_and_knows_the_last_output(command: Plugin) -> None:
    old = {"create": "echo first", "update": "echo after $PULUMI_COMMAND_STDOUT", "environment": {"A": "1"}}
    found, outputs = command.create(COMMAND, old)
    new: dict[str, Any] = {**old, "environment": {"A": "2"}}
    assert command.update(COMMAND, found, old, new, outputs=outputs)["stdout"] == "after first"
    new["addPreviousOutputInEnv"] = False
    assert command.update(COMMAND, found, old, new, outputs=outputs)["stdout"] == "after"


def test_an_update_without_one_runs_create(command: Plugin) -> None:
    old = {"create": "echo $A", "environment": {"A": "1"}}
    found, outputs = command.create(COMMAND, old)
    assert command.update(COMMAND, found, old, {**old, "environment": {"A": "2"}}, outputs=outputs)["stdout"] == "2"


def test_a_delete_runs_with_what_is_in_state(command: Plugin, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    found, outputs = command.create(COMMAND, {"delete": "touch $MARK", "environment": {"MARK": str(mark)}})
    assert outputs["stdout"] == ""
    command.delete(COMMAND, found, outputs)
    assert mark.exists()


@pytest.mark.parametrize(
    ("old", "new", "details", "replaces"),
    [
        ({"triggers": [1, "a"]}, {"triggers": [1, "a"]}, {}, []),
        ({"triggers": [1]}, {"triggers": [2]}, {"triggers[0]": "UPDATE_REPLACE"}, ["triggers"]),
        ({"triggers": [1]}, {"triggers": [UNKNOWN]}, {"triggers[0]": "UPDATE_REPLACE"}, ["triggers"]),
        ({}, {"triggers": [2]}, {"triggers": "ADD_REPLACE"}, ["triggers"]),
        ({"environment": {"A": "1"}}, {"environment": {"A": "2"}}, {"environment.A": "UPDATE"}, []),
        ({"create": "a"}, {"create": "b"}, {"create": "UPDATE"}, []),
        ({}, {"delete": "b"}, {"delete": "ADD"}, []),
    ],
)
def test_only_triggers_replace(
    command: Plugin, old: dict[str, Any], new: dict[str, Any], details: dict[str, str], replaces: list[str]
) -> None:
    found = command.diff(COMMAND, old, new)
    kinds = {path: one.Kind.Name(one.kind) for path, one in found.detailedDiff.items()}
    assert (kinds, list(found.replaces)) == (details, replaces)


def test_a_preview_runs_nothing(command: Plugin, tmp_path: Path) -> None:
    inputs = {"create": f"touch {tmp_path}/mark"}
    _, outputs = command.create(COMMAND, inputs, preview=True)
    assert (outputs["stdout"], list(tmp_path.iterdir())) == (UNKNOWN, [])
    expected = command.update(COMMAND, "x", {}, inputs, outputs={"stdout": "old"}, preview=True)
    assert (expected["stdout"], list(tmp_path.iterdir())) == (UNKNOWN, [])


def test_a_secret_input_makes_the_output_secret(command: Plugin) -> None:
    outputs = run(command, create="printf %s $X", environment={"X": Secret("hush"), "Y": "1"})
    assert (outputs["stdout"], outputs["stderr"]) == (Secret("hush"), Secret(""))
    assert outputs["environment"] == {"X": Secret("hush"), "Y": "1"}


def test_a_refresh_finds_what_was_there(command: Plugin) -> None:
    inputs = {"create": "echo a"}
    outputs = {**inputs, "stdout": "a", "stderr": ""}
    assert command.read(COMMAND, "thing1", inputs, outputs) == ("thing1", inputs, outputs)


def test_a_command_is_not_imported(command: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        command.read(COMMAND, "thing1")
    assert "cannot be imported" in line(error)


@pytest.mark.parametrize(
    ("given", "name"),
    [({"assetPaths": ["x"]}, "assetPaths"), ({"shell": "x"}, "shell"), ({"logging": "loud"}, "logging")],
)
def test_an_input_that_cannot_be_is_named(command: Plugin, given: dict[str, Any], name: str) -> None:
    assert list(command.reasons(COMMAND, given)) == [name]


def test_a_setting_or_a_function_is_refused(command: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        command.configure(colour="x")
    assert "'command:colour' is not known" in line(error)
    with pytest.raises(grpc.RpcError) as error:
        command.invoke("command:local:run", command="true")
    assert "command:local:run is not in this stand-in" in line(error)


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_nothing_is_left_of_a_command_that_was_stopped(tmp_path: Path, how: str) -> None:
    pid = tmp_path / "pid"
    with started("command") as plugin, futures.ThreadPoolExecutor() as pool:
        plugin.configure()
        running = pool.submit(run, plugin, create=f"sleep 60 & echo $$ > {pid}; wait")
        number = int(wait_for("the command to start", lambda: pid.exists() and pid.read_text().strip()))
        group = [one for one in psutil.process_iter() if _group(one) == number]
        plugin.cancel() if how == "cancel" else plugin.process.terminate()
        assert running.exception(DEADLINE) is not None
        assert len(group) == 2
        assert psutil.wait_procs(group, DEADLINE)[1] == []


def _group(process: psutil.Process) -> int:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return 0


class Listener(engine_pb2_grpc.EngineServicer):
    """An engine that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        with self.lock:
            self.heard.append((request.urn.rpartition("::")[2], request.message))
        return Empty()


@pytest.mark.parametrize(
    ("logging", "heard"),
    [
        (None, {("thing", "out"), ("thing", "err")}),
        ("stderr", {("thing", "err")}),
        ("none", set()),
    ],
)
def test_lines_reach_the_engine_as_they_come(logging: str | None, heard: set[tuple[str, str]]) -> None:
    given = {"logging": logging} if logging else {}
    engine, listener = grpc.server(futures.ThreadPoolExecutor()), Listener()
    engine_pb2_grpc.add_EngineServicer_to_server(listener, engine)
    port = engine.add_insecure_port("127.0.0.1:0")
    engine.start()
    try:
        with started("command", f"127.0.0.1:{port}") as plugin:
            run(plugin, create="echo out; echo err >&2", **given)
    finally:
        engine.stop(None).wait(DEADLINE)
    assert set(listener.heard) == heard
