"""Lines for the engine to show while a command runs."""

from __future__ import annotations

import contextlib
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_PATIENCE = 2.0


class EngineLog:
    """Sends lines to the engine as passing status of a resource. That an engine does not take them is no error."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._stub: engine_pb2_grpc.EngineStub | None = None

    def say(self, urn: str, line: str) -> None:
        if not self._address or not line:
            return
        with self._lock:
            self._stub = self._stub or engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True)
        with contextlib.suppress(grpc.RpcError):
            self._stub.Log(request, timeout=_PATIENCE)
