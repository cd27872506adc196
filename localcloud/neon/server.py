"""The server's process: opens the state folder, listens on its two ports, and ends cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from localcloud.neon.app import App
from localcloud.neon.clock import Clock
from localcloud.neon.context import Context
from localcloud.neon.control import Control
from localcloud.neon.errors import ApiError
from localcloud.neon.front import Front
from localcloud.neon.garbage import collect_garbage
from localcloud.neon.names import Names
from localcloud.neon.ports import lasting_port
from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.postgres.launcher import PostgresError, choose_launcher
from localcloud.neon.postgres.layout import prepare_layout
from localcloud.neon.seed import Seeder
from localcloud.neon.settings import change_settings
from localcloud.neon.store import Store
from localcloud.neon.tls import server_context
from localcloud.neon.wake import Doorman
from localcloud.neon.web import WebServer
from localcloud.neon.work import Worker


class StartError(Exception):
    """The server cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`port` 0 is the port of the last time if that is free, else any free one; `settings` go over those kept."""

    state: Path
    port: int
    api_key: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    store: Store
    clusters: Clusters
    clock: Clock
    worker: Worker


async def serve(options: Options) -> None:
    """Run until SIGTERM or SIGINT. Raises StartError or PostgresError before it is ready."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with lock_state(options.state):
        parts = _open(options)
        web, sql = _bind(options.port, parts.store), _sql_socket(options.state, parts.store)
        context = _context(parts, sql.getsockname()[1])
        web.app = App(
            context=context, control=Control(context=context, seeder=Seeder(context)), api_key=options.api_key
        )
        front = Front(doorman=Doorman(context=context), tls=server_context(options.state / "tls"))
        try:
            await front.listen(sql)
            _start(parts, web)
            ready = {"ready": True, "port": web.port, "pid": os.getpid(), "sql_port": context.sql_port}
            print(json.dumps(ready), flush=True)
            await stop.wait()
        finally:
            await _close(parts, web, front)


def lock_state(state: Path) -> TextIO:
    """Hold the state folder for as long as the returned file is open.

    Raises StartError when another server holds it.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state / "server.pid"
    path.touch(mode=0o600)
    file = path.open("r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = file.read().strip()
        file.close()
        raise StartError(f"{state} is in use by the server with process id {holder}: stop it first") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _open(options: Options) -> Parts:
    launcher = choose_launcher()
    clusters = Clusters(launcher=launcher, layout=prepare_layout(options.state, launcher))
    store = Store(options.state / "store.sqlite3")
    try:
        change_settings(store, options.settings)
    except ApiError as error:
        raise StartError(f"{options.state}: {error}") from None
    clock = Clock(store)
    return Parts(store=store, clusters=clusters, clock=clock, worker=Worker(store, clusters, clock))


def _bind(port: int, store: Store) -> WebServer:
    if port:
        try:
            return WebServer(port)
        except OSError as error:
            raise StartError(f"port {port} cannot be used ({error.strerror}): name another with --port") from None
    web: WebServer | None = None
    with suppress(OSError):
        web = WebServer(int(store.fact("port") or lasting_port()))
    web = web or WebServer(lasting_port())
    store.set_fact("port", str(web.port))
    return web


def _sql_socket(state: Path, store: Store) -> socket.socket:
    """The SQL port is part of every connection URI that was handed out, so it does not change."""
    kept = int(store.fact("sql_port") or 0)
    try:
        listening = socket.create_server(("127.0.0.1", kept or lasting_port()), backlog=512)
    except OSError as error:
        raise StartError(
            f"port {kept} cannot be used ({error.strerror}), and the connection URIs of {state} name it: "
            "end what listens there, or start with another state folder"
        ) from None
    store.set_fact("sql_port", str(listening.getsockname()[1]))
    return listening


def _context(parts: Parts, sql_port: int) -> Context:
    return Context(
        store=parts.store,
        clusters=parts.clusters,
        submit=parts.worker.submit,
        sql_port=sql_port,
        clock=parts.clock,
        names=Names(parts.store),
    )


def _start(parts: Parts, web: WebServer) -> None:
    garbage = collect_garbage(parts.store, parts.clusters)
    parts.worker.resume()
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="web").start()
    threading.Thread(target=_prepare, args=(parts.clusters, garbage), daemon=True, name="prepare").start()


def _prepare(clusters: Clusters, garbage: list[int]) -> None:
    """What the first requests need, and what the last server left."""
    try:
        clusters.ensure_template()
        for number in garbage:
            clusters.remove(number)
    except (PostgresError, OSError) as error:
        print(f"while starting: {error}", file=sys.stderr, flush=True)


async def _close(parts: Parts, web: WebServer, front: Front) -> None:
    await asyncio.to_thread(web.shutdown)
    web.server_close()
    await front.close()
    parts.worker.begin_no_more()
    await asyncio.to_thread(parts.clusters.close)
    await asyncio.to_thread(parts.worker.join)
    # Once more, for what a job was starting meanwhile.
    await asyncio.to_thread(parts.clusters.close)
    parts.clusters.layout.forget_short_path()
    parts.store.close()
