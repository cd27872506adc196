"""The provider protocol on a gRPC server: which calls there are, and how a failure becomes one line."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Package
from localcloud.providers.package_calls import PackageCalls
from localcloud.providers.resource_calls import ResourceCalls

_LOG = logging.getLogger(__name__)
_SERVICE = "pulumirpc.ResourceProvider"
Call = Callable[[Any], Message]


def add_to(server: grpc.Server, package: Package) -> None:
    """Serve a package. A call of the protocol that is not listed here is answered with UNIMPLEMENTED."""
    whole, each = PackageCalls(package), ResourceCalls(package)
    calls: dict[str, tuple[Call, type[Message]]] = {
        "Handshake": (whole.handshake, provider_pb2.ProviderHandshakeRequest),
        "Attach": (whole.nothing, plugin_pb2.PluginAttach),
        "GetPluginInfo": (whole.plugin_info, Empty),
        "GetSchema": (whole.schema, provider_pb2.GetSchemaRequest),
        "CheckConfig": (whole.check_config, provider_pb2.CheckRequest),
        "DiffConfig": (whole.diff_config, provider_pb2.DiffRequest),
        "Configure": (whole.configure, provider_pb2.ConfigureRequest),
        "Invoke": (whole.invoke, provider_pb2.InvokeRequest),
        "Cancel": (whole.cancel, Empty),
        "Check": (each.check, provider_pb2.CheckRequest),
        "Diff": (each.diff, provider_pb2.DiffRequest),
        "Create": (each.create, provider_pb2.CreateRequest),
        "Read": (each.read, provider_pb2.ReadRequest),
        "Update": (each.update, provider_pb2.UpdateRequest),
        "Delete": (each.delete, provider_pb2.DeleteRequest),
    }
    handlers = {name: _handler(name, call, asks) for name, (call, asks) in calls.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, handlers),))


def _handler(name: str, call: Call, asks: type[Message]) -> Any:
    def answer(request: Any, context: grpc.ServicerContext) -> Message:
        try:
            return call(request)
        except ProviderError as error:
            line = str(error)
        except Exception as error:  # noqa: BLE001 - the engine must get one line, not a traceback with values in it
            _LOG.error("%s in %s\n%s", type(error).__name__, name, "".join(traceback.format_tb(error.__traceback__)))
            line = f"the stand-in failed with {type(error).__name__} in {name}; its stderr says where"
        context.abort(grpc.StatusCode.UNKNOWN, line)
        raise AssertionError(line)  # abort does not return

    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=asks.FromString, response_serializer=lambda message: message.SerializeToString()
    )
