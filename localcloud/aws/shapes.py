"""Values checked against botocore's service models, in both directions. Pure but for loading a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": (int, float, str, datetime),
    "list": list,
    "map": dict,
    "structure": dict,
}


def load(service: str) -> ServiceModel:
    """The model that boto3 itself uses, so that client and stand-in agree on every name."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def problems(shape: Shape, value: object, path: str = "") -> list[str]:
    """What is wrong with a value, in the words of AWS; values themselves are never repeated."""
    expected = _TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        return [f"Value at '{path}' must be of type {shape.type_name}"]
    return [*_constraints(shape, value, path), *_members(shape, value, path)]


def _constraints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    failed = f"Value at '{path}' failed to satisfy constraint: Member must"
    limits = shape.metadata
    size = value if shape.type_name in ("integer", "long") else len(value) if hasattr(value, "__len__") else None
    what = "have length" if hasattr(value, "__len__") else "have value"
    if size is not None and size < limits.get("min", size):
        yield f"{failed} {what} greater than or equal to {limits['min']}"
    if size is not None and size > limits.get("max", size):
        yield f"{failed} {what} less than or equal to {limits['max']}"
    if shape.type_name == "string" and "enum" in limits and value not in limits["enum"]:
        yield f"{failed} satisfy enum value set: [{', '.join(limits['enum'])}]"
    if shape.type_name == "string" and "pattern" in limits and not re.fullmatch(_pattern(limits["pattern"]), value):
        yield f"{failed} satisfy regular expression pattern: {limits['pattern']}"


def _pattern(java: str) -> str:
    """A pattern of the model for Python, which has no classes of letters, spaces and numbers by those names."""
    return java.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")


def _members(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}.{index + 1}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.key")
            yield from problems(shape.value, item, f"{path}.{key}")


def _structure(shape: StructureShape, value: Mapping[str, object], path: str) -> Iterator[str]:
    inside = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value at '{inside}{name}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name not in shape.members:
            yield f"Unknown member '{inside}{name}': the AWS API has none of that name here"
        elif item is not None:
            yield from problems(shape.members[name], item, f"{inside}{name}")


def unknown_members(shape: Shape, value: object, path: str = "") -> list[str]:
    """Only the names that the model does not have, for services whose values are checked elsewhere."""
    return [problem for problem in problems(shape, value, path) if problem.startswith("Unknown member")]
