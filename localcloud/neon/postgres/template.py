"""The empty cluster that every project starts from."""

from __future__ import annotations

import shutil
from pathlib import Path

from localcloud.neon.postgres import processes, sql
from localcloud.neon.postgres.launcher import Launcher
from localcloud.neon.postgres.layout import ADMIN, Layout

INITDB_SECONDS = 60.0
NUMBER = 65535

# The wheel's PostgreSQL has no OpenSSL: encryption is done by the front, so no connection ever asks for it here.
ACCESS = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "8MB",
    "fsync": "off",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    # Shared memory in files of the cluster: nothing is left in /dev/shm by a killed server.
    "dynamic_shared_memory_type": "mmap",
    # Copies made at the same time remove each other's log segments without it.
    "wal_keep_size": "64MB",
    "max_wal_size": "64MB",
    "min_wal_size": "2MB",
    "wal_recycle": "off",
    "wal_init_zero": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    # A failed statement may hold a secret: it is not written to the log.
    "log_min_error_statement": "panic",
    "log_statement": "none",
}


def make_template(launcher: Launcher, layout: Layout) -> None:
    """Run initdb, write the settings, and make and remove what every cluster has and has not."""
    password = layout.home / "initdb.password"
    password.touch(mode=0o600)
    password.write_text(layout.admin_password() + "\n")
    launcher.own(password)
    unfinished, data = layout.unfinished(NUMBER), layout.data(NUMBER)
    launcher.own(unfinished)
    launcher.run(_initdb(launcher, unfinished, password), cwd=layout.home, environment={}, seconds=INITDB_SECONDS)
    password.unlink()
    shutil.rmtree(data, ignore_errors=True)
    unfinished.rename(data)
    (data / "pg_hba.conf").write_text(ACCESS)
    with (data / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    _prepare(launcher, layout)
    data.rename(layout.template)


def _initdb(launcher: Launcher, data: Path, password: Path) -> list[str]:
    return launcher.command(
        "initdb", "-D", str(data), "-U", ADMIN, "--pwfile", str(password), "--auth", "scram-sha-256", "--no-sync",
        "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
        "--wal-segsize", "1", "--no-data-checksums", "--no-instructions",
        "-c", "wal_recycle=off", "-c", "min_wal_size=2MB",
    )  # fmt: skip


def _prepare(launcher: Launcher, layout: Layout) -> None:
    # Nothing of the log is needed by anybody: the less there is, the quicker is a copy.
    server = processes.start(launcher, layout, NUMBER, "wal_keep_size=0")
    try:
        with sql.connect(layout, NUMBER) as connection:
            sql.prepare_template(connection)
    finally:
        if (process := processes.find(layout, NUMBER)) is not None:
            processes.end([process], seconds=5.0)
        server.wait()
    layout.log(NUMBER).unlink(missing_ok=True)
