# ruff: noqa: N802 - the methods have the protocol's names
"""A provider for `toy:` resources over Pulumi's protocol, run by a launcher on PATH.

Its cloud is a folder of JSON files. It replaces on a change of `size`, knows secrets and previews, and writes what it
does to `journal` in that folder. It does not know resource types, and invokes only `toy:index:echo`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2

from localcloud.engine.protocol import from_wire, plugin_pb2, provider_pb2, provider_pb2_grpc, to_wire
from localcloud.engine.values import Props, leaf_changes, reveal


class ToyProvider(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Props = {}

    def _note(self, text: str) -> None:
        with (self.folder / "journal").open("a", encoding="utf-8") as journal:
            journal.write(text + "\n")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        news = from_wire(request.news)
        failures = [provider_pb2.CheckFailure(property="region", reason="there is no such region")]
        bad = news.get("region") == "nowhere"
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures if bad else [])

    def Configure(self, request: Any, context: Any) -> Any:
        self.config = reveal(from_wire(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        changes = leaf_changes(reveal(from_wire(request.old_inputs)), reveal(from_wire(request.news)))
        keys = {str(path[0]) for path in changes}
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if keys else none, diffs=sorted(keys), replaces=sorted(keys & {"size"})
        )

    def Create(self, request: Any, context: Any) -> Any:
        inputs = from_wire(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_wire(self._outputs(inputs)))
        if inputs.get("fail"):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "there is no room")
        id_ = inputs.get("id", uuid.uuid4().hex[:8])
        (self.folder / f"{id_}.json").write_text(json.dumps(inputs), encoding="utf-8")
        self._note(f"create {request.name}")
        return provider_pb2.CreateResponse(id=id_, properties=to_wire(self._outputs(inputs)))

    def _outputs(self, inputs: Props) -> Props:
        return {**inputs, "region": self.config.get("region")}

    def Read(self, request: Any, context: Any) -> Any:
        file = self.folder / f"{request.id}.json"
        if not file.exists():
            return provider_pb2.ReadResponse()
        inputs = json.loads(file.read_text(encoding="utf-8"))
        properties = to_wire(self._outputs(inputs))
        return provider_pb2.ReadResponse(id=request.id, inputs=to_wire(inputs), properties=properties)

    def Update(self, request: Any, context: Any) -> Any:
        inputs = from_wire(request.news)
        if not request.preview:
            (self.folder / f"{request.id}.json").write_text(json.dumps(inputs), encoding="utf-8")
            self._note(f"update {request.name}")
        return provider_pb2.UpdateResponse(properties=to_wire(self._outputs(inputs)))

    def Delete(self, request: Any, context: Any) -> Any:
        (self.folder / f"{request.id}.json").unlink(missing_ok=True)
        self._note(f"delete {request.name}")
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        if request.tok != "toy:index:echo":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"unknown function {request.tok}")
        return provider_pb2.InvokeResponse(**{"return": request.args})

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.2.3")


def _wait_for_engine(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ToyProvider(Path(os.environ["TOY_CLOUD"])), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    # The engine holds the other end of standard input, and it closes with the engine.
    threading.Thread(target=_wait_for_engine, args=(ended,), daemon=True).start()
    ended.wait()


if __name__ == "__main__":
    main()
