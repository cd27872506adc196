from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from localcloud.ending import postmasters, serves
from localcloud.identity import Mark, mark, started, wait_for_end


def test_a_process_is_known_by_pid_and_start() -> None:
    here = mark(os.getpid(), "here")
    assert here is not None
    assert here.alive()
    assert not Mark(pid=here.pid, started="another moment", name="reused").alive()


def test_a_zombie_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    found = mark(child.pid, "child")
    try:
        assert wait_for_end([found] if found else [], 10) == []
        assert started(child.pid) is None
    finally:
        child.wait()


def test_a_pid_that_nobody_has_has_no_mark() -> None:
    assert mark(2**22 + 1, "nobody") is None


def test_only_a_command_line_on_this_very_state_folder_is_a_parts() -> None:
    command = ("python", "-P", "-m", "localcloud.neon")
    words = ["/venv/python", "-P", "-m", "localcloud.neon", "--state", "/home/neon", "--port", "0"]
    assert serves(words, command, "/home/neon")
    assert not serves(words, command, "/home/neon2")
    assert not serves(["less", *words], command, "/home/neon")


def data_folder(root: Path, pid: int, start: float) -> Path:
    folder = root / "neon" / "clusters" / "1"
    folder.mkdir(parents=True)
    (folder / "postmaster.pid").write_text(f"{pid}\n{folder}\n{int(start)}\n")
    return folder


def postgres(tmp_path: Path, folder: Path) -> subprocess.Popen[bytes]:
    """A process that looks like a PostgreSQL server on this data folder."""
    program = tmp_path / "postgres"
    program.symlink_to(Path(sys.executable).resolve())
    return subprocess.Popen([program, "-I", "-c", "input()", "-D", str(folder)], stdin=subprocess.PIPE)


def test_a_postgres_is_found_by_its_pid_file(tmp_path: Path) -> None:
    folder = data_folder(tmp_path, 0, 0)
    with postgres(tmp_path, folder) as server:
        (folder / "postmaster.pid").write_text(f"{server.pid}\n{folder}\n{int(time.time())}\n")
        assert [one.pid for one in postmasters(tmp_path)] == [server.pid]
        (folder / "postmaster.pid").write_text(f"{server.pid}\n{folder}\n{int(time.time()) - 1000}\n")
        assert postmasters(tmp_path) == []
        server.communicate(b"\n")


def test_a_pid_file_that_names_a_stranger_is_not_believed(tmp_path: Path) -> None:
    data_folder(tmp_path, os.getpid(), time.time())
    assert postmasters(tmp_path) == []


def test_a_pid_file_without_sense_is_passed_over(tmp_path: Path) -> None:
    folder = data_folder(tmp_path, 1, 1)
    (folder / "postmaster.pid").write_text("nonsense")
    assert postmasters(tmp_path) == []
