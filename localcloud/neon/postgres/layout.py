"""Where the clusters' files are."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localcloud.neon.postgres.launcher import Launcher, PostgresError

SOCKET_PATH_LIMIT = 100
PREFIX = "localcloud-"
NOTE = "short-path"
ADMIN = "cloud_admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The folders below the server's state folder.

    A cluster has a number. It is the name of its data folder and, as PostgreSQL names its sockets by port, also its
    "port".
    """

    home: Path
    sockets: Path

    @property
    def template(self) -> Path:
        return self.home / "template"

    @property
    def password_file(self) -> Path:
        return self.home / "admin.pgpass"

    def data(self, number: int) -> Path:
        return self.home / "clusters" / str(number)

    def log(self, number: int) -> Path:
        return self.home / "logs" / f"{number}.log"

    def socket(self, number: int) -> Path:
        return self.sockets / f".s.PGSQL.{number}"

    def forget_short_path(self) -> None:
        """Remove the link that stands for a long path, if there is one."""
        note = self.home / "sockets" / NOTE
        if note.exists():
            _remove_link(Path(note.read_text()))
            note.unlink()

    def unfinished(self, number: int) -> Path:
        """A new folder to make data in.

        Never used twice: a program that outlived a killed server may still write to the last one.
        """
        return Path(tempfile.mkdtemp(prefix=f"unfinished-{number}-", dir=self.home / "clusters"))

    def admin_password(self) -> str:
        return self.password_file.read_text().rstrip("\n").rpartition(":")[2]

    def leftovers(self) -> list[Path]:
        """What was never finished."""
        return list((self.home / "clusters").glob("unfinished-*"))

    def numbers(self) -> list[int]:
        """The clusters that have a data folder."""
        return [int(entry.name) for entry in (self.home / "clusters").iterdir() if entry.name.isdigit()]


def prepare_layout(state: Path, launcher: Launcher) -> Layout:
    """Make the folders below `state`.

    The sockets get a short path, as a Unix socket's path must stay below 108 bytes.
    """
    home = state / "postgres"
    for folder in (home, home / "clusters", home / "logs", home / "sockets"):
        folder.mkdir(mode=0o700, exist_ok=True)
        launcher.own(folder)
    layout = Layout(home=home, sockets=_short(home / "sockets", launcher))
    if not layout.password_file.exists():
        _write_password(layout.password_file)
    launcher.own(layout.password_file)
    if launcher.account is not None:
        _let_through(state, launcher.programs)
    return layout


def _short(sockets: Path, launcher: Launcher) -> Path:
    if len(str(sockets)) + len("/.s.PGSQL.65535.lock") <= SOCKET_PATH_LIMIT:
        return sockets
    note = sockets / NOTE
    if note.exists() and (known := Path(note.read_text())).is_symlink() and known.resolve() == sockets.resolve():
        return known
    _remove_dead_links()
    short = Path(tempfile.mkdtemp(prefix=PREFIX)) / "s"
    short.symlink_to(sockets)
    launcher.own(short.parent)
    note.write_text(str(short))
    return short


def _remove_dead_links() -> None:
    """Those of state folders that are gone."""
    for link in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/s"):
        with suppress(FileNotFoundError):
            if link.lstat().st_uid == os.geteuid() and not link.exists():
                _remove_link(link)


def _remove_link(link: Path) -> None:
    with suppress(FileNotFoundError):
        link.unlink()
        link.parent.rmdir()


def _write_password(path: Path) -> None:
    path.touch(mode=0o600)
    path.write_text(f"*:*:*:{ADMIN}:{secrets.token_urlsafe(24)}\n")


def _let_through(state: Path, programs: Path) -> None:
    """Another user's program must reach itself and its folders: it may pass through ours, and read nothing in it."""
    state.chmod(0o711)
    for path, what in ((state.resolve(), "the state folder"), (programs.resolve(), "the virtual environment")):
        closed = next((folder for folder in path.parents if not folder.stat().st_mode & 0o001), None)
        if closed is not None:
            raise PostgresError(
                f"PostgreSQL does not run as root, user namespaces are forbidden here, and {closed} is closed to other "
                f"users: run as an ordinary user, or put {what} elsewhere"
            )
