"""The one port that all SQL connections come to.

They change to TLS and are led to the cluster that the host name asks for, as by Neon's proxy.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.neon.wake import Doorman, Refusal

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
GREETING_SECONDS = 15.0
CHUNK = 65_536
LARGEST_STARTUP = 10_000
INSECURE = "connection is insecure (try using `sslmode=require`)"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def error_message(text: str, *, code: str = "08P01") -> bytes:
    """A PostgreSQL ErrorResponse, severity FATAL."""
    fields = b"".join(
        key + value.encode() + b"\0" for key, value in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", text))
    )
    return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


@dataclass(slots=True, kw_only=True)
class Front:
    """Serves on 127.0.0.1 until it is closed."""

    doorman: Doorman
    tls: ssl.SSLContext
    _server: asyncio.Server | None = None
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32, thread_name_prefix="sql"))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self, bound: socket.socket) -> None:
        self.tls.sni_callback = _remember_name
        self._server = await asyncio.start_server(self._serve, sock=bound)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # the caller went away or never said what it wants, or this server ends
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(GREETING_SECONDS):
            startup = await self._greet(reader, writer)
        if startup is None:
            return
        try:
            inner = await self._connect(_name(writer))
        except Refusal as refusal:
            writer.write(error_message(str(refusal), code=refusal.code))
            await writer.drain()
            return
        try:
            inner[1].write(startup)
            await _splice((reader, writer), inner)
        finally:
            inner[1].close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """Go over to TLS; returns the startup packet, or None when there is nothing more to do."""
        secure = False
        while True:
            head = await reader.readexactly(8)
            length, code = struct.unpack("!ii", head)
            if code == GSS_REQUEST and not secure:
                writer.write(b"N")
            elif code == SSL_REQUEST and not secure:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self.tls)
                secure = True
            elif not 8 <= length <= LARGEST_STARTUP:
                return None
            else:
                packet = head + await reader.readexactly(length - 8)
                if secure:
                    return packet
                # A request to cancel gets no answer by the protocol.
                writer.write(b"" if code == CANCEL_REQUEST else error_message(INSECURE))
                await writer.drain()
                return None

    async def _connect(self, host: str | None) -> Streams:
        loop = asyncio.get_running_loop()
        path: Path = await loop.run_in_executor(self._threads, self.doorman.admit, host)
        try:
            streams = await asyncio.open_unix_connection(path)
        except OSError:
            raise Refusal("the compute ended while it was connected to; connect again") from None
        if not self.doorman.still_right(host, path):
            streams[1].close()
            raise Refusal("the branch changed while it was connected to; connect again")
        return streams


def _remember_name(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
    connection.asked_for = name  # type: ignore[union-attr]


def _name(writer: asyncio.StreamWriter) -> str | None:
    name = getattr(writer.get_extra_info("ssl_object"), "asked_for", None)
    return name if isinstance(name, str) else None


async def _splice(outer: Streams, inner: Streams) -> None:
    """Pass bytes both ways until one side ends; what was read by then is passed on."""
    ways = [asyncio.create_task(_pump(outer[0], inner[1])), asyncio.create_task(_pump(inner[0], outer[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
