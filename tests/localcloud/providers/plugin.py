"""A stand-in plugin as a process of its own, driven as an engine drives it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localcloud.providers import wire

DEADLINE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A running plugin. Properties are plain, with the secrets and unknowns of `localcloud.providers.values`."""

    process: subprocess.Popen[str]
    stub: Any

    def configure(self, **settings: Any) -> Any:
        return self.stub.Configure(
            provider_pb2.ConfigureRequest(args=wire.write(settings), acceptSecrets=True), timeout=DEADLINE
        )

    def check(self, kind: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(kind), news=wire.write(news), olds=wire.write(olds or {}), randomSeed=b"seed"
        )
        return self.stub.Check(request, timeout=DEADLINE)

    def reasons(self, kind: str, news: Mapping[str, Any]) -> dict[str, str]:
        """What Check says against the inputs, by property."""
        return {one.property: one.reason for one in self.check(kind, news).failures}

    def diff(
        self, kind: str, old: Mapping[str, Any], new: Mapping[str, Any], *, outputs: Any = None, ignore: Any = ()
    ) -> Any:
        request = provider_pb2.DiffRequest(
            id="id",
            urn=urn(kind),
            old_inputs=wire.write(old),
            olds=wire.write(old if outputs is None else outputs),
            news=wire.write(new),
            ignoreChanges=list(ignore),
        )
        return self.stub.Diff(request, timeout=DEADLINE)

    def create(self, kind: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[str, dict[str, Any]]:
        request = provider_pb2.CreateRequest(urn=urn(kind), properties=wire.write(inputs), preview=preview)
        response = self.stub.Create(request, timeout=DEADLINE)
        return response.id, wire.read(response.properties)

    def read(
        self, kind: str, found: str, inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, inputs and outputs; without inputs and outputs as at an import."""
        request = provider_pb2.ReadRequest(
            id=found, urn=urn(kind), inputs=wire.write(inputs or {}), properties=wire.write(outputs or inputs or {})
        )
        response = self.stub.Read(request, timeout=DEADLINE)
        return response.id, wire.read(response.inputs), wire.read(response.properties)

    def update(
        self,
        kind: str,
        found: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        *,
        outputs: Any,
        preview: bool = False,
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=found,
            urn=urn(kind),
            old_inputs=wire.write(old),
            olds=wire.write(outputs),
            news=wire.write(new),
            preview=preview,
        )
        return wire.read(self.stub.Update(request, timeout=DEADLINE).properties)

    def delete(self, kind: str, found: str, outputs: Mapping[str, Any]) -> None:
        request = provider_pb2.DeleteRequest(id=found, urn=urn(kind), properties=wire.write(outputs))
        self.stub.Delete(request, timeout=DEADLINE)

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        response = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire.write(arguments)), timeout=DEADLINE)
        return wire.read(getattr(response, "return"))

    def cancel(self) -> None:
        self.stub.Cancel(Empty(), timeout=DEADLINE)


def urn(kind: str) -> str:
    return f"urn:pulumi:dev::project::{kind}::thing"


@contextlib.contextmanager
def started(*words: str, environment: Mapping[str, str] | None = None) -> Iterator[Plugin]:
    """A plugin that is gone afterwards, started with these words on its command line."""
    process = launch(words, environment or {})
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Plugin(process=process, stub=provider_pb2_grpc.ResourceProviderStub(channel))
    finally:
        process.terminate()
        process.wait(DEADLINE)
        process.stdout.close()


def launch(words: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "localcloud.providers", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )


def line(error: Any) -> str:
    """The text of a call that was refused, which must be one without a trace of Python in it."""
    text: str = error.value.details()
    assert "Traceback" not in text
    return text
