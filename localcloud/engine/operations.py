"""What the commands that run something share: one stack, its processes, and passes over its state."""

from __future__ import annotations

import json
import signal
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import NoReturn

from localcloud.engine import state
from localcloud.engine.aliases import Naming
from localcloud.engine.builtin import BuiltinProvider
from localcloud.engine.deletion import delete_all, leftovers
from localcloud.engine.display import Display
from localcloud.engine.errors import ERROR, OK, UNEXPECTED_CHANGES, Cancelled, EngineError
from localcloud.engine.host import PluginHost
from localcloud.engine.monitor import Monitor
from localcloud.engine.plugins import Program
from localcloud.engine.program import finish_program
from localcloud.engine.refresh import refresh
from localcloud.engine.registry import Registry, package_of
from localcloud.engine.run import Run
from localcloud.engine.session import Session, load_state, stack_outputs
from localcloud.engine.snapshot import Snapshot
from localcloud.engine.state import PROVIDER_PREFIX, Resource

_GRACE_SECONDS = 2.0


class Operation:
    """One command's work on a stack: a preview, then the real thing, with the same plugins."""

    def __init__(self, session: Session, program: Program | None) -> None:
        self.session = session
        self._program = program
        self._file = session.file()
        if self._file.salt:
            session.crypter(self._file.salt).start()
        self._deployment = session.deployment()
        self._monitor = Monitor()
        self._env = dict(session.environ) | {"PULUMI_PROJECT": session.project.name, "PULUMI_STACK": session.stack}
        self._host = PluginHost(session.project.folder, self._env, self._monitor.address, lambda line: self._hear(line))
        self._crypter = session.state_crypter(self._deployment, self._file)
        self._run: Run | None = None
        self._prepare_plugins()

    def _prepare_plugins(self) -> None:
        """Start what the state's resources need, and what a first deployment probably will."""
        used = [raw for raw in self._deployment.get("resources") or [] if raw["custom"]]
        packages = {package_of(raw["type"]) for raw in used if not raw["type"].startswith(PROVIDER_PREFIX)}
        if self._program is not None and (not used or "pulumi-python" in packages):
            self._host.fork_from(self._program)
        for package in packages - {"pulumi"}:
            self._host.prepare(package)

    def _hear(self, line: str) -> None:
        if self._run is not None and line.strip():
            self._run.display.tell("info", "", line)

    def new_run(self, title: str, *, preview: bool) -> Run:
        """Begin a pass over the state as it is now."""
        session, options = self.session, self.session.options
        naming = Naming(project=session.project.name, stack=session.stack)
        resources, operations = load_state(self._deployment, self._crypter)

        def save(present: list[Resource], begun: list[state.Operation]) -> None:
            if not preview:
                session.write(self._crypter, present, begun)

        snapshot = Snapshot(resources, operations, save)
        builtin = BuiltinProvider(session.backend, naming.project, session.environ)
        root = f"urn:pulumi:{naming.stack}::{naming.project}::pulumi:pulumi:Stack::{naming.project}-{naming.stack}"
        self._run = Run(
            naming=naming,
            config=session.config(self._file),
            snapshot=snapshot,
            registry=Registry(self._host, builtin, lambda: snapshot.base),
            display=Display(
                title=f"{title} ({naming.stack})",
                root=root,
                preview=preview,
                quiet=options.json,
                suppress_outputs=options.suppress_outputs,
            ),
            preview=preview,
        )
        self._run.display.start()
        return self._run

    @property
    def refreshes(self) -> bool:
        """Whether to refresh first: as the command line says, else as the project does."""
        said = getattr(self.session.options, "refresh", None)
        return self.session.project.refresh_always if said is None else bool(said)

    def refresh(self, run: Run, *, judge: bool = False) -> None:
        """Refresh the state of a pass, and save it unless the pass is a preview."""
        refresh(run, judge=judge)
        run.snapshot.save()

    def run_program(self, run: Run) -> None:
        """Run the program once, and then delete what it no longer registers."""
        program = self._program or Program(self.session.project.folder, self._env, self._hear)
        self._program = None
        program.tell = self._hear
        try:
            self._monitor.open(run)
            finish_program(program, run, self._monitor.address, self.session.project.folder)
        finally:
            program.stop()
            self._monitor.close_run()
        if not run.failed and not run.interrupted.is_set():
            delete_all(run, leftovers(run))

    def conclude(self, run: Run, *, with_outputs: bool = True, last: bool = True) -> None:
        """Settle the stack's outputs, save, and print the end of a pass; of the `last` one, the digest if wanted."""
        root = run.news.get(run.root)
        old = stack_outputs(load_state(self._deployment, self._crypter)[0])
        outputs = run.stack_outputs
        if root is not None:
            outputs = (old if run.failed else {}) | (outputs or {})
            run.snapshot.swap(root, outputs=outputs)
        run.snapshot.save()
        if not run.preview:
            self._deployment = self.session.deployment()
        if self.session.options.json and last:
            print(json.dumps(run.display.digest(_shown_config(run)), indent=4))
        elif not self.session.options.json:
            run.display.finish(outputs if with_outputs else None, old)

    def close(self) -> None:
        """End every process that was started."""
        if self._program is not None:
            self._program.stop()
        self._host.close()
        self._monitor.stop()

    def interrupt(self) -> None:
        """Begin nothing new, give what is under way a moment, then end the plugins."""
        if self._run is not None:
            self._run.interrupted.set()
            deadline = time.monotonic() + _GRACE_SECONDS
            while time.monotonic() < deadline and not self._run.snapshot.idle():
                time.sleep(0.05)
        self._host.close()


def _shown_config(run: Run) -> dict[str, str]:
    return {k: "[secret]" if k in run.config.secret_keys else v for k, v in run.config.values.items()}


@contextmanager
def working(
    options: Namespace, environ: Mapping[str, str], program: Program | None, *, lock: bool
) -> Iterator[Operation]:
    """Open a stack for an operation, under its lock if wanted; every process that was started ends with the block."""
    with ExitStack() as stack:
        if program is not None:
            stack.callback(program.stop)
        session = Session(options, environ)
        session.deployment()
        if lock:
            stack.enter_context(session.backend.locked(session.project.name, session.stack))
        operation = Operation(session, program)
        stack.callback(operation.close)
        stack.enter_context(_catching_signals(operation.interrupt))
        yield operation


@contextmanager
def _catching_signals(interrupt: Callable[[], None]) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into Cancelled; the block's end waits for what `interrupt` waits for."""
    begun: list[threading.Thread] = []

    def handle(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of handlers
        begun.append(threading.Thread(target=interrupt, daemon=True))
        begun[-1].start()
        raise Cancelled

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for thread in begun:
            thread.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def result_of(operation: Operation, run: Run, name: str) -> int:
    """Give the exit code of a pass; EngineError (7) when it changed something and nothing was expected to change."""
    if run.failed:
        return ERROR
    if getattr(operation.session.options, "expect_no_changes", False) and run.display.changes():
        raise EngineError(f"no changes were expected for {name} but changes were proposed", UNEXPECTED_CHANGES)
    return OK
