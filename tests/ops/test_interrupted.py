"""Ctrl-C before a command has begun."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def test_ctrl_c_while_the_commands_are_loaded_ends_without_a_traceback(tmp_path: Path) -> None:
    # Python's own handler: a job in the background of a shell ignores the signal, and so would this process.
    lines = ("import signal", "signal.signal(signal.SIGINT, signal.default_int_handler)", "signal.raise_signal(2)", "")
    (tmp_path / "typer.py").write_text("\n".join(lines))
    words = [sys.executable, "-m", "ops", "--help"]
    done = subprocess.run(words, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")
