"""`pulumi` in localcloud's environment: the CLI when it is new enough, else the embedded engine.

Run as `python -m localcloud.pulumi ARGUMENTS` by the launcher in <home>/bin.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.arguments import Invocation, read_arguments
from localcloud.composing import forget_composed, keep_composed
from localcloud.engines import Engine, choose_engine
from localcloud.errors import LocalcloudError, NotUpError
from localcloud.home import Home, find_home, find_project, working_folder
from localcloud.planning import Making, Places, Plan, named_stack, plan
from localcloud.projects import Project, read_project
from localcloud.selection import backend_folder, current_stack, stack_exists

MAKING_SECONDS = 120.0
_ON_CLOUD = frozenset({"up", "preview", "refresh", "destroy", "import"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """All that stays the same during one call."""

    engine: Engine
    project: Project
    backend: Path
    env: Mapping[str, str]
    home: Home


def main(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> int:
    """Run `pulumi` with these arguments; its exit status. Does not come back when the CLI can take our place."""
    try:
        return _run(read_arguments(argv), env, cwd, find_home(env, cwd))
    except LocalcloudError as error:
        _say(f"error: {error}")
        return error.status


def _run(call: Invocation, env: Mapping[str, str], cwd: Path, home: Home) -> int:
    backend = backend_folder(env)
    engine = choose_engine(home, env)
    if engine.note:
        _say(engine.note)
    folder = find_project(Path(os.path.abspath(cwd / (call.folder or "."))))  # noqa: PTH100 - the CLI keeps symlinks
    if folder is None:
        return _become(engine, call.argv, env)
    ground = Ground(engine=engine, project=read_project(home, folder), backend=backend, env=env, home=home)
    return _in_project(call, ground)


def _in_project(call: Invocation, ground: Ground) -> int:
    project = ground.project
    stack = named_stack(call, call.stack or current_stack(ground.env, project))
    file = str(project.composed_file(stack)) if stack else ""
    made = plan(call, stack, Places(copies=str(project.composed), file=file, selects=ground.engine.cli is not None))
    if call.words[:1] and call.words[0] in _ON_CLOUD:
        _require_up(ground.home)
    if made.compose and stack:
        project.make()
        keep_composed(project, stack, _say)
        _make(ground, stack, made.making)
    elif made.steps != (call.argv,):
        project.make()
    return _steps(ground, made, stack)


def _require_up(home: Home) -> None:
    """A shell keeps localcloud's environment after a `down`: every request would be tried until its deadline."""
    if home.ports.exists() and not any(home.run.glob("*.json")):
        raise NotUpError(f"localcloud is not up in {home.root}: run `python -m localcloud up`")


def _make(ground: Ground, stack: str, making: Making) -> None:
    """Make the stack on its first use. Raises LocalcloudError with the engine's words when that fails."""
    project = ground.project
    wanted = making is Making.ALWAYS or (making is Making.IF_TRACKED and project.tracked_file(stack).exists())
    if not wanted or stack_exists(ground.backend, project.name, stack):
        return
    words = ("stack", "init", "-C", str(project.composed), stack, "--non-interactive")
    status, output = _quietly(ground.engine, words, ground.env)
    # Another `pulumi` may have made it meanwhile, which is as good.
    if status and not stack_exists(ground.backend, project.name, stack):
        raise LocalcloudError(f"stack {stack} could not be made:\n{output}".rstrip())


def _quietly(engine: Engine, words: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    if engine.cli is None:
        return _embedded_quietly(words)
    try:
        answer = subprocess.run(
            [*engine.program, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MAKING_SECONDS,
            env=dict(env),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"it took longer than {MAKING_SECONDS:.0f} s"
    return answer.returncode, answer.stdout


def _embedded_quietly(words: Sequence[str]) -> tuple[int, str]:
    from localcloud.engine.cli import main as embedded

    before, output = Path.cwd(), io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = embedded(list(words))
    finally:
        os.chdir(before)
    return status, output.getvalue()


def _steps(ground: Ground, made: Plan, stack: str | None) -> int:
    *first, last = made.steps
    for step in first:
        status = _wait_for(ground.engine, step, ground.env)
        if status:
            return status
    if not made.forget:
        return _become(ground.engine, last, ground.env)
    status = _wait_for(ground.engine, last, ground.env)
    if status == 0 and stack:
        forget_composed(ground.project, stack)
    return status


def _become(engine: Engine, argv: Sequence[str], env: Mapping[str, str]) -> int:
    if engine.cli is not None:
        os.execve(engine.cli, [str(engine.cli), *argv], dict(env))  # noqa: S606
    # gRPC would report the end of each plugin on standard error.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from localcloud.engine.cli import main as embedded

    return embedded(list(argv))


def _wait_for(engine: Engine, argv: Sequence[str], env: Mapping[str, str]) -> int:
    # A terminal sends ^C to both of us: the engine decides what it means, and a second one would mean "at once".
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            [*engine.program, *argv], env=dict(env), preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
        )
        terminated = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
        try:
            status = process.wait()
        finally:
            signal.signal(signal.SIGTERM, terminated)
    finally:
        signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, working_folder(os.environ)))
