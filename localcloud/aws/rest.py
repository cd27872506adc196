"""A rest-json request as an operation and its parameters, by botocore's model. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.model import OperationModel, ServiceModel, StructureShape

from localcloud.aws.errors import AwsError, bad_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation and what it is called with; `parameters` go by the model's member names."""

    operation: OperationModel
    parameters: Mapping[str, object]


def route(model: ServiceModel, method: str, raw_path: str) -> tuple[OperationModel, dict[str, str]]:
    """The operation for a path and the values in it. The path must still be encoded: `feature%2Fx` is one value."""
    segments = raw_path.split("/")
    for name in model.operation_names:
        operation = model.operation_model(name)
        pattern = str(operation.http["requestUri"]).split("/")
        if operation.http["method"] == method and _fits(pattern, segments):
            pairs = zip(pattern, segments, strict=True)
            return operation, {key[1:-1]: unquote(text) for key, text in pairs if key.startswith("{")}
    raise AwsError(404, "UnknownOperationException", f"{model.service_name} has no operation {method} {raw_path}")


def _fits(pattern: Sequence[str], segments: Sequence[str]) -> bool:
    if len(pattern) != len(segments):
        return False
    return all(key == text or (key.startswith("{") and text) for key, text in zip(pattern, segments, strict=True))


def parse(model: ServiceModel, method: str, raw_uri: str, body: bytes) -> Call:
    """Read a request; a query parameter or a member that the operation does not have is refused by name."""
    parts = urlsplit(raw_uri)
    operation, in_path = route(model, method, parts.path)
    shape = operation.input_shape
    if not isinstance(shape, StructureShape):
        raise bad_request(f"{operation.name} takes no parameters in this stand-in")
    parameters = {**_body(body), **_query(shape, parse_qs(parts.query, keep_blank_values=True)), **in_path}
    return Call(operation=operation, parameters=parameters)


def _body(body: bytes) -> dict[str, object]:
    if not body:
        return {}
    try:
        members = json.loads(body)
    except ValueError as error:
        raise AwsError(400, "SerializationException", "the body is not JSON") from error
    if not isinstance(members, dict):
        raise AwsError(400, "SerializationException", "the body is not a JSON object")
    return {name: value for name, value in members.items() if value is not None}


def _query(shape: StructureShape, query: Mapping[str, list[str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    members = {
        member.serialization["name"]: (name, member.type_name)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
    }
    for key, texts in query.items():
        if key.startswith("X-Amz-"):
            continue
        if key not in members:
            raise bad_request(f"Unknown query parameter '{key}'")
        name, type_name = members[key]
        found[name] = texts if type_name == "list" else _scalar(key, texts[-1], type_name)
    return found


def _scalar(key: str, text: str, type_name: str) -> object:
    if type_name != "integer":
        return text
    if not text.isdigit():
        raise bad_request(f"Value at '{key}' must be of type integer")
    return int(text)
