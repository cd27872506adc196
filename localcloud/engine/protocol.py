"""Pulumi's protocol: the generated stubs, and property maps to and from the wire.

The stubs are loaded from their folder, not by `import pulumi`, which loads the whole SDK and costs half a second.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from google.protobuf import struct_pb2

from localcloud.engine.values import SIGNATURE, UNKNOWNS, Props, is_secret

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        resource_pb2,
        resource_pb2_grpc,
    )
else:
    _PACKAGE = "localcloud_pulumi_stubs"

    def _stub(name: str) -> ModuleType:
        if _PACKAGE not in sys.modules:
            spec = find_spec("pulumi")
            if spec is None or not spec.submodule_search_locations:
                raise ModuleNotFoundError("the pulumi package is not installed in this environment")
            package = ModuleType(_PACKAGE)
            package.__path__ = [str(Path(spec.submodule_search_locations[0]) / "runtime" / "proto")]
            sys.modules[_PACKAGE] = package
        return import_module(f"{_PACKAGE}.{name}")

    engine_pb2, engine_pb2_grpc = _stub("engine_pb2"), _stub("engine_pb2_grpc")
    plugin_pb2 = _stub("plugin_pb2")
    provider_pb2, provider_pb2_grpc = _stub("provider_pb2"), _stub("provider_pb2_grpc")
    resource_pb2, resource_pb2_grpc = _stub("resource_pb2"), _stub("resource_pb2_grpc")

__all__ = [
    "engine_pb2",
    "engine_pb2_grpc",
    "from_wire",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "resource_pb2",
    "resource_pb2_grpc",
    "to_wire",
]

CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
]


def from_wire(message: struct_pb2.Struct) -> Props:
    """Read a property map; numbers that are whole become integers."""
    return {key: _value(message.fields[key]) for key in sorted(message.fields)}


def _value(message: struct_pb2.Value) -> Any:
    kind = message.WhichOneof("kind")
    if kind == "struct_value":
        return from_wire(message.struct_value)
    if kind == "list_value":
        return [_value(item) for item in message.list_value.values]
    if kind == "number_value":
        number = message.number_value
        return int(number) if number.is_integer() else number
    return getattr(message, kind) if kind in ("string_value", "bool_value") else None


def to_wire(properties: Props, *, secrets: bool = True, unknowns: bool = True) -> struct_pb2.Struct:
    """Write a property map; without `secrets` in clear, without `unknowns` they are left out."""
    result = struct_pb2.Struct()
    result.update(_plain(properties, secrets=secrets, unknowns=unknowns))
    return result


def _plain(value: Any, *, secrets: bool, unknowns: bool) -> Any:
    if isinstance(value, list):
        return [_plain(item, secrets=secrets, unknowns=unknowns) for item in value]
    if not isinstance(value, dict):
        return value
    if is_secret(value) and not secrets:
        return _plain(value["value"], secrets=secrets, unknowns=unknowns)
    kept = {k: v for k, v in value.items() if unknowns or k == SIGNATURE or not (isinstance(v, str) and v in UNKNOWNS)}
    return {key: _plain(item, secrets=secrets, unknowns=unknowns) for key, item in kept.items()}
