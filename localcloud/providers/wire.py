"""Properties to and from the protocol's structs. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value

from localcloud.providers.failures import ProviderError
from localcloud.providers.values import UNKNOWN, Secret, Values

# The protocol's constants; they are the same in every SDK of Pulumi.
UNKNOWN_TEXTS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""Unknown of each type: string (which serves for all when we send), bool, number, array, assets, archive, object."""

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant of the protocol


def read(struct: Struct) -> dict[str, Any]:
    """The properties in a struct; a null is as good as absent.

    Raises:
        ProviderError: for what we never said that we accept, such as an asset.
    """
    return {key: _read(value) for key, value in struct.fields.items() if value.WhichOneof("kind") != "null_value"}


def _read(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _read_struct(value.struct_value)
    if kind == "list_value":
        return [_read(item) for item in value.list_value.values]
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _read_struct(struct: Struct) -> Any:
    if SIGNATURE not in struct.fields:
        return read(struct)
    if struct.fields[SIGNATURE].string_value != SECRET_SIGNATURE:
        raise ProviderError("assets, archives and references to resources are not in this stand-in for a plugin")
    inner = _read(struct.fields["value"])
    return inner if isinstance(inner, Secret) else Secret(inner)


def write(values: Values) -> Struct:
    """A struct of the properties; None is left out."""
    struct = Struct()
    struct.update({key: _write(value) for key, value in values.items() if value is not None})
    return struct


def _write(value: Any) -> Any:
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": _write(value.value)}
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, Mapping):
        return {key: _write(item) for key, item in value.items()}
    return [_write(item) for item in value] if isinstance(value, (list, tuple)) else value
