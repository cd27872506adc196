"""A command as a process: its environment, its output as it comes, its end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from localcloud.providers.failures import ProviderError
from localcloud.providers.values import Values

Say = Callable[[str], None]
_SHELL = ("/bin/sh", "-c")


class Runner:
    """Starts commands, each in a process group of its own, and ends those groups when it is cancelled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._cancelled = False

    def run(self, command: str, inputs: Values, previous: Values, say: Say) -> dict[str, str]:
        """Run to the end; the two streams without a last newline.

        Raises:
            ProviderError: with the command and all of its output, as the real plugin has it, when it fails.
        """
        with self._start(command, inputs, previous) as process:
            streams = _collect(process, inputs, say)
            self._forget(process)
        if process.returncode != 0:
            # The real plugin says all of this too, whatever `logging` is: a secret does not belong in a command.
            quoted = json.dumps(command, ensure_ascii=False)
            raise ProviderError(f"{_how(process.returncode)}: running {quoted}:\n{streams['both']}")
        return {name: streams[name].removesuffix("\n") for name in ("stdout", "stderr")}

    def cancel(self) -> None:
        """Kill every process group that was started; no more are started."""
        with self._lock:
            self._cancelled = True
            groups = set(self._running)
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    @contextlib.contextmanager
    def _start(self, command: str, inputs: Values, previous: Values) -> Any:
        words = [*inputs.get("interpreter", _SHELL), command]
        with self._lock:
            if self._cancelled:
                raise ProviderError("the update was cancelled")
            try:
                process = subprocess.Popen(
                    words,
                    cwd=inputs.get("dir"),
                    env=_environment(inputs, previous),
                    stdin=subprocess.PIPE if "stdin" in inputs else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProviderError(f"{words[0]}: {error.strerror} ({error.filename})") from error
            self._running.add(process.pid)
        with process:
            yield process

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        with self._lock:
            self._running.discard(process.pid)


def _environment(inputs: Values, previous: Values) -> dict[str, str]:
    """Ours, what the program gives, and what the last run said, unless the program does not want that."""
    found = {**os.environ, **{name: str(value) for name, value in inputs.get("environment", {}).items()}}
    if inputs.get("addPreviousOutputInEnv", True):
        for name in ("stdout", "stderr"):
            if previous.get(name):
                found[f"PULUMI_COMMAND_{name.upper()}"] = previous[name]
    return found


def _collect(process: subprocess.Popen[bytes], inputs: Values, say: Say) -> dict[str, str]:
    """Read both streams line by line, each on a thread, while stdin is fed."""
    kept: Mapping[str, list[str]] = {"stdout": [], "stderr": [], "both": []}
    logging = inputs.get("logging", "stdoutAndStderr")

    def read(name: str, stream: IO[bytes]) -> None:
        loud = logging in (name, "stdoutAndStderr")
        for raw in stream:
            line = raw.decode(errors="replace")
            kept[name].append(line)
            kept["both"].append(line)
            if loud:
                say(line.rstrip("\n"))

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    threads = [threading.Thread(target=read, args=pair, daemon=True) for pair in streams.items()]
    for thread in threads:
        thread.start()
    if process.stdin:
        with contextlib.suppress(BrokenPipeError):  # the command need not read it
            process.stdin.write(str(inputs["stdin"]).encode())
            process.stdin.close()
    for thread in threads:
        thread.join()
    return {name: "".join(lines) for name, lines in kept.items()}


def _how(code: int) -> str:
    """In the words of Go, in which the real plugin is written."""
    return f"exit status {code}" if code > 0 else f"signal: {signal.strsignal(-code) or -code}".lower()
