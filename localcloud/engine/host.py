"""The plugins of a run: one process for each package and configuration, started when first needed or in advance."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc

from localcloud.engine.plugins import Child, Program, start_plugin
from localcloud.engine.protocol import CHANNEL_OPTIONS, provider_pb2, provider_pb2_grpc, to_wire
from localcloud.engine.provider import RemoteProvider, provider_error
from localcloud.engine.values import Props, has_unknown, reveal


class PluginHost:
    """Starts, configures and ends plugins. What is asked twice with one configuration is given the same process."""

    def __init__(self, cwd: Path, env: Mapping[str, str], engine: str, tell: Callable[[str], None]) -> None:
        self._cwd, self._env, self._engine, self._tell = cwd, env, engine, tell
        self._children: list[Child] = []
        self._spare: dict[str, Future[grpc.Channel]] = {}
        self._taken: set[str] = set()
        self._configured: dict[tuple[str, str], Future[RemoteProvider]] = {}
        self._pool = ThreadPoolExecutor(max_workers=8)
        self._lock = threading.Lock()
        self._closed = False

    def prepare(self, package: str) -> Future[grpc.Channel]:
        """Start a package's plugin in the background, unless that has been done."""
        with self._lock:
            if package not in self._spare:
                self._spare[package] = self._pool.submit(self._launch, package)
            return self._spare[package]

    def fork_from(self, program: Program) -> None:
        """Have the dynamic providers' plugin forked from a program's process that has yet to run."""
        with self._lock:
            child = program.fork_plugin(self._engine, self._env, self._tell)
            self._children.append(child)
            self._spare["pulumi-python"] = self._pool.submit(_connect, child, "pulumi-python")

    def provider(self, package: str, inputs: Props) -> RemoteProvider:
        """Give a package's provider with a configuration; EngineError or ProviderError when that fails."""
        key = (package, json.dumps(reveal(inputs), sort_keys=True))
        with self._lock:
            mine = key not in self._configured
            future = self._configured.setdefault(key, Future())
        if mine:
            try:
                future.set_result(self._configure(package, inputs))
            except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
                future.set_exception(error)
        return future.result()

    def stub(self, package: str) -> Any:
        """Give the stub of a package's plugin, configured or not, for questions about configuration."""
        return provider_pb2_grpc.ResourceProviderStub(self.prepare(package).result())

    def close(self) -> None:
        """End all plugins."""
        with self._lock:
            self._closed = True
            children = list(self._children)
        self._pool.shutdown(wait=False, cancel_futures=True)
        ending = [threading.Thread(target=child.stop) for child in children]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()

    def _launch(self, package: str) -> grpc.Channel:
        with self._lock:
            if self._closed:
                raise RuntimeError("the plugin host is closed")
            child = start_plugin(package, self._engine, cwd=self._cwd, env=self._env, tell=self._tell)
            self._children.append(child)
        return _connect(child, package)

    def _configure(self, package: str, inputs: Props) -> RemoteProvider:
        with self._lock:
            first = package not in self._taken
            self._taken.add(package)
        channel = self.prepare(package).result() if first else self._launch(package)
        if has_unknown(inputs):
            return RemoteProvider(channel, provider_pb2.ConfigureResponse(), known=False)
        request = provider_pb2.ConfigureRequest(
            args=to_wire(inputs),
            variables={f"{package}:config:{k}": _text(reveal(v)) for k, v in inputs.items() if k != "version"},
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        try:
            return RemoteProvider(channel, provider_pb2_grpc.ResourceProviderStub(channel).Configure(request))
        except grpc.RpcError as error:
            raise provider_error(error) from None


def _connect(child: Child, package: str) -> grpc.Channel:
    port = child.first_line(f"the plugin for package {package}")
    child.watch_output()
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
