"""SIGKILL to an engine at a moment that is named: by what Neon and AWS were asked for until then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from localcloud.neon.routes import find_route
from tests.faults.proxy import Exchange, proxy_to
from tests.scenario.processes import end_processes, processes_of
from tests.scenario.project import Project

DEADLINE = 60.0
Side = Literal["asked", "done", "answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """``seen`` are the actions, in order, at the last of which the kill happens; none for the beginning of it all.

    At a request to Neon it happens when it was asked and nothing is done, when it is done and nothing is answered, or
    when it is answered. At one to AWS it is answered. ``later`` seconds after that.
    """

    seen: tuple[str, ...]
    side: Side = "answered"
    later: float = 0.0

    def __str__(self) -> str:
        return f"{self.side}: {' '.join(self.seen)}" if self.seen else "at any time"

    @property
    def at_neon(self) -> bool:
        return bool(self.seen) and ":" not in self.seen[-1]


@dataclass(slots=True, kw_only=True)
class Trap:
    """Holds the request of the moment until the engine is dead."""

    moment: Moment
    left: list[str]
    reached: threading.Event = field(default_factory=threading.Event)
    dead: threading.Event = field(default_factory=threading.Event)

    def is_it(self, method: str, path: str) -> bool:
        """Whether this request is the last that the moment names; each of them is counted once, in order."""
        if not self.left or find_route(method, path.partition("?")[0])[0].action != self.left[0]:
            return False
        self.left.pop(0)
        return not self.left

    def act(self, exchange: Exchange) -> None:
        if self.moment.side == "asked":
            self._hold(exchange)
            return
        answer = exchange.forward()
        if self.moment.side == "done":
            self._hold(exchange)
            return
        exchange.reply(answer)
        self.reached.set()

    def _hold(self, exchange: Exchange) -> None:
        self.reached.set()
        self.dead.wait(DEADLINE)
        exchange.close(reset=True)


@contextmanager
def running(project: Project, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        words,
        env=dict(project.env),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def of_pulumi(command: str) -> list[str]:
    return ["pulumi", command, "--stack", "staging", "--yes", "--skip-preview", "--non-interactive"]


def kill_ops_at(project: Project, moment: Moment, *words: str) -> None:
    """Kills one of the day-to-day commands at a request to AWS, and waits until nothing of it goes on."""
    _kill(project, _seen(project, moment.seen), moment, whole_group=True, words=[sys.executable, "-m", "ops", *words])
    wait_until(lambda: is_quiet(project), "the end of what the killed command had begun")


def kill_at(project: Project, moment: Moment, *, whole_group: bool, command: str = "up") -> None:
    """Starts an up (or another command), kills it at the moment, and waits until nothing of it goes on."""
    if moment.at_neon:
        with trapped(project, moment) as (through, trap):
            _kill(through, trap.reached.is_set, moment, whole_group=whole_group, words=of_pulumi(command))
            trap.dead.set()
    else:
        _kill(project, _seen(project, moment.seen), moment, whole_group=whole_group, words=of_pulumi(command))
    if whole_group:
        end_processes(project.folder)  # plugins of the CLI are in groups of their own
    wait_until(lambda: is_quiet(project), "the end of what the killed engine had begun")


@contextmanager
def trapped(project: Project, moment: Moment) -> Iterator[tuple[Project, Trap]]:
    """The project with a way to Neon on which the moment is waited for."""
    neon, trap = urlsplit(project.env["NEON_API_HOST"]), Trap(moment=moment, left=list(moment.seen))
    assert neon.hostname is not None
    assert neon.port is not None
    with proxy_to(neon.hostname, neon.port) as proxy:
        proxy.arm(trap.act, 0, counts=trap.is_it)
        yield replace(project, env={**project.env, "NEON_API_HOST": f"{proxy.address}{neon.path}"}), trap


def _seen(project: Project, actions: Sequence[str]) -> Callable[[], bool]:
    """Whether the stand-ins have seen the actions, in this order, from now on."""
    since = project.positions()

    def holds() -> bool:
        came = iter(project.mutations(since))
        return all(action in came for action in actions)

    return holds


def _kill(
    project: Project, reached: Callable[[], bool], moment: Moment, *, whole_group: bool, words: Sequence[str]
) -> None:
    with running(project, words) as process:
        wait_until(lambda: reached() or process.poll() is not None, str(moment))
        time.sleep(moment.later)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, f"{' '.join(words)} ended before it could be killed at {moment}"


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen within {DEADLINE:.0f} s"
        time.sleep(0.005)


def is_quiet(project: Project) -> bool:
    """Whether nothing of the killed engine's goes on: its plugins have ended, or ask for nothing for a second."""
    since, deadline = project.positions(), time.monotonic() + 1.0
    while processes_of(project.folder):
        if project.mutations(since):
            return False
        if time.monotonic() > deadline:
            return True
        time.sleep(0.02)
    return True


def repair(project: Project, *, seen: bool = False) -> str:
    """Where the killed up was to lose data, somebody has to have ``seen`` what the repair will do."""
    done = project.ops("repair", "staging", *(() if seen else ("--yes",)), given="y\ny\n")
    assert done.status == 0, done.text
    return done.text
