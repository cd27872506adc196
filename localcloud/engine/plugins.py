"""The processes that a run starts: the program and the providers' plugins. None of them outlives the engine.

Each runs in a process group of its own, so that Ctrl-C reaches only the engine, which then ends them. Their standard
input is a pipe that the engine holds; those that are ours end themselves when it closes, should the engine be killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localcloud.engine.errors import EngineError
from localcloud.engine.spawn import Command, Pipes, spawn
from localcloud.programs import is_ours
from localcloud.warm.standing import PROVIDERS

_START_SECONDS = 60.0
_STOP_SECONDS = 3.0
_CHILD = str(Path(__file__).with_name("child.py"))


class Child:
    """A process whose output goes, line by line, to `tell`; it is the leader of its own group."""

    def __init__(self, pid: int | None, stdin: int, out: int, err: int, tell: Callable[[str], None]) -> None:
        self.pid = pid
        self.tell = tell
        self._stopping = threading.Lock()
        self._stdin, self._out, self._err = stdin, out, err
        self._pumps = [self._pump(err)]

    def _pump(self, descriptor: int) -> threading.Thread:
        def run() -> None:
            with os.fdopen(descriptor, "rb", closefd=False) as stream, contextlib.suppress(OSError):
                for line in stream:
                    self.tell(line.decode(errors="replace").rstrip("\n"))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def send(self, message: dict[str, Any]) -> None:
        """Hand the process a line of instructions."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._stdin, json.dumps(message).encode() + b"\n")

    def first_line(self, what: str) -> str:
        """Wait for the next line of output; EngineError when the process ends or the deadline passes without one."""
        deadline = time.monotonic() + _START_SECONDS
        line = b""
        while not line.endswith(b"\n") and (left := deadline - time.monotonic()) > 0:
            if select.select([self._out], [], [], left)[0]:
                byte = os.read(self._out, 1)
                if not byte:
                    break
                line += byte
        if not line.endswith(b"\n"):
            raise EngineError(f"{what} did not say its port within {_START_SECONDS:.0f} s, or ended before")
        return line.decode().strip()

    def watch_output(self) -> None:
        """Pass on what the process prints from now on."""
        self._pumps.append(self._pump(self._out))

    def stop(self) -> None:
        """End the process and all that it started."""
        with self._stopping:
            if self._stdin < 0:
                return
            self._end()
            for pump in self._pumps:
                pump.join(timeout=_STOP_SECONDS)
            # A descriptor that another thread may still be reading is left to the end of the engine.
            for descriptor in (self._stdin, *(self._done_reading())):
                os.close(descriptor)
            self._stdin = -1

    def _done_reading(self) -> list[int]:
        readers = zip((self._err, self._out), self._pumps, strict=False)
        return [descriptor for descriptor, pump in readers if not pump.is_alive()]

    def _end(self) -> None:
        raise NotImplementedError

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


class Started(Child):
    """A process that the engine started itself, or had started by localcloud's warm process."""

    def __init__(
        self,
        command: Command,
        *,
        cwd: Path,
        env: Mapping[str, str],
        tell: Callable[[str], None],
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        theirs_in, stdin = os.pipe()
        out, theirs_out = os.pipe()
        err, theirs_err = os.pipe()
        pipes = Pipes(stdin=theirs_in, out=theirs_out, err=theirs_err, more=pass_fds)
        try:
            self._process = spawn(command, cwd=cwd, env=env, pipes=pipes)
        finally:
            for descriptor in (theirs_in, theirs_out, theirs_err):
                os.close(descriptor)
        super().__init__(self._process.pid, stdin, out, err, tell)

    def wait(self) -> int:
        """Wait for the end of the process and of its output; give its exit code."""
        code = self._process.wait()
        for pump in self._pumps:
            pump.join(timeout=_STOP_SECONDS)
        return 1 if code is None else code

    def _end(self) -> None:
        self._signal(signal.SIGTERM)
        if self._process.wait(_STOP_SECONDS) is None:
            self._signal(signal.SIGKILL)
            self._process.wait(_STOP_SECONDS)


class Forked(Child):
    """A plugin that a program forked off: it is not ours to wait for, but its output tells when it is gone."""

    def first_line(self, what: str) -> str:
        self.pid = int(super().first_line(what))
        return super().first_line(what)

    def _end(self) -> None:
        os.close(self._stdin)
        self._stdin = os.open(os.devnull, os.O_WRONLY)
        self._pumps[0].join(timeout=_STOP_SECONDS)
        if self._pumps[0].is_alive():
            self._signal(signal.SIGKILL)


class Program(Started):
    """The program's process: it loads the SDK and then waits for `send`; until then it can fork a plugin off."""

    def __init__(self, cwd: Path, env: Mapping[str, str], tell: Callable[[str], None]) -> None:
        alive, self._alive = os.pipe()
        self._plugin_out, out = os.pipe()
        self._plugin_err, err = os.pipe()
        theirs = (alive, out, err)
        command = Command(python=_CHILD, argv=("program", *map(str, theirs)))
        super().__init__(command, cwd=cwd, env=env, tell=tell, pass_fds=theirs)
        for descriptor in theirs:
            os.close(descriptor)
        self.watch_output()
        self._forked = False

    def fork_plugin(self, engine: str, env: Mapping[str, str], tell: Callable[[str], None]) -> Child:
        """Have the plugin of dynamic providers forked off; once, and before the program is told to run."""
        self._forked = True
        self.send({"fork": True, "engine": engine, "env": {"PULUMI_PROJECT": env["PULUMI_PROJECT"]}})
        return Forked(None, self._alive, self._plugin_out, self._plugin_err, tell)

    def stop(self) -> None:
        super().stop()
        if not self._forked:
            self._forked = True
            for descriptor in (self._alive, self._plugin_out, self._plugin_err):
                os.close(descriptor)


def start_plugin(package: str, engine: str, *, cwd: Path, env: Mapping[str, str], tell: Callable[[str], None]) -> Child:
    """Start a package's plugin: the SDK's own for dynamic providers, else `pulumi-resource-<package>` from PATH."""
    if package == "pulumi-python":
        return Started(Command(python=_CHILD, argv=("dynamic", engine)), cwd=cwd, env=env, tell=tell)
    launcher = shutil.which(f"pulumi-resource-{package}", path=env.get("PATH"))
    if launcher is None:
        raise EngineError(
            f"no resource plugin 'pulumi-resource-{package}' found on PATH; localcloud's environment "
            "(`python -m localcloud env`) has one for each provider that it stands in for"
        )
    return Started(_plugin_command(package, Path(launcher), engine), cwd=cwd, env=env, tell=tell)


def _plugin_command(package: str, launcher: Path, engine: str) -> Command:
    """What a launcher does; our own are known to run a module, which the warm process can do at once."""
    if is_ours(launcher):
        return Command(python=PROVIDERS, module=True, argv=(package, engine))
    return Command(argv=(str(launcher), engine))
