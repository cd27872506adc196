"""Pulumi's own command, and a person at the keyboard."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.pulumi import OpsError, Pulumi

PATIENT = """#!{python}
import os, signal, sys, time
def stop(*_):
    open({saved!r}, "w").write("saved")
    sys.exit(8)
signal.signal(signal.SIGINT, stop)
os.kill(os.getppid(), signal.SIGINT)
time.sleep(0.5)
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C means something also to tests that were started in the background, where a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_is_interrupted_saves_what_it_did_and_the_next_step_is_told(
    interruptible: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "saved"
    program = tmp_path / "pulumi"
    program.write_text(PATIENT.format(python=sys.executable, saved=str(saved)))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsError, match="run the same command again") as found:
        Pulumi(stack="staging").run("up")
    assert found.value.status == 8
    assert saved.read_text() == "saved"


WITHOUT = """#!{python}
import sys
if sys.argv[1:3] == ["stack", "ls"]:
    print('[{{"name": "dev"}}, {{"name": "team/prod"}}]')
else:
    sys.exit("error: it cannot be done")
"""


@pytest.mark.parametrize(("stack", "known"), [("dev", True), ("prod", True), ("stagin", False)])
def test_a_stack_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str, known: bool
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(WITHOUT.format(python=sys.executable))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = "No stack is named stagin, there are dev, team/prod: correct it, or `pulumi stack init stagin` makes it"
    for ask in (lambda: Pulumi(stack=stack).json("config", "--json"), lambda: Pulumi(stack=stack).run("up")):
        with pytest.raises(OpsError) as found:
            ask()
        assert (said not in str(found.value)) == known
