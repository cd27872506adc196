"""Parameter Store and STS, answered by moto inside this process: which actions are let through, and how they last."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from moto.ssm.responses import SimpleSystemManagerResponse
from moto.sts.responses import TokenResponse
from werkzeug.wrappers import Request, Response

from localcloud.aws import actions, parameter_memory, parameter_rules, shapes
from localcloud.aws.actions import Allowed
from localcloud.aws.errors import AwsError, not_implemented
from localcloud.aws.moto_call import forward
from localcloud.aws.snapshot import Snapshot

_ALLOWED: Final = Allowed(
    reads=frozenset(
        {
            *("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"),
            *("DescribeParameters", "ListTagsForResource"),
        }
    ),
    writes=frozenset(
        {"PutParameter", "DeleteParameter", "DeleteParameters", "AddTagsToResource", "RemoveTagsFromResource"}
    ),
)


class ParameterStore:
    """SSM's parameters. One request at a time; what an answer acknowledges is on disk before the answer is given."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._model = shapes.load("ssm")
        self._snapshot = snapshot
        self._lock = threading.Lock()
        document = snapshot.load()
        if document:
            parameter_memory.restore(document)

    def answer(self, request: Request, region: str) -> Response:
        """Let moto answer, after our own checks; AwsError is the refusal to send instead."""
        action = actions.named("ssm", request)
        if action not in _ALLOWED:
            raise not_implemented(f"ssm:{action or 'a request without X-Amz-Target'}")
        asked = self._read(action, request.get_data())
        with self._lock:
            if action == "PutParameter":
                _check_put(asked, region)
            response = forward(SimpleSystemManagerResponse, request, f"ssm.{region}")
            if action in _ALLOWED.writes and response.status_code < 400:
                self._snapshot.save(parameter_memory.dump())
        return response

    def _read(self, action: str, body: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(body or b"{}")
        except ValueError as error:
            raise AwsError(400, "SerializationException", "the body is not JSON") from error
        shape = self._model.operation_model(action).input_shape
        found = shapes.unknown_members(shape, asked) if shape else []
        if found:
            raise AwsError(400, "ValidationException", "; ".join(found))
        if asked.get("ResourceType", "Parameter") != "Parameter":
            raise not_implemented(f"ssm:{action} of a {asked['ResourceType']}")
        return dict(asked)

    def by_path(self, region: str, path: str, most: int) -> dict[str, str]:
        """The values of the first parameters right below a path, by their last names."""
        with self._lock:
            found = parameter_memory.backend(region).get_parameters_by_path(path, False, max_results=most)[0]
            return {one.name.rpartition("/")[2]: str(one.response_object(True)["Value"]) for one in found}

    def seed(self, *, region: str, name: str, value: str, kind: str) -> bool:
        """Put a parameter where there is none of that name; says whether it did.

        Raises:
            AwsError: where Parameter Store would refuse it.
        """
        with self._lock:
            backend = parameter_memory.backend(region)
            if backend._parameters.get(backend._parameters.normalize_name(name)):
                return False
            parameter_rules.refuse({"Name": name, "Value": value})
            backend.put_parameter(name, None, value, kind, None, None, False, [], "text", None, None)  # type: ignore[arg-type]  # moto takes None for what is absent
            self._snapshot.save(parameter_memory.dump())
            return True


def _check_put(asked: dict[str, Any], region: str) -> None:
    parameter_rules.refuse(asked)
    name, value = str(asked["Name"]), str(asked.get("Value", ""))
    pattern = asked.get("AllowedPattern") or parameter_memory.allowed_pattern(region, name)
    parameter_rules.refuse_mismatch(pattern, value)


class Identities:
    """STS, as far as asking who one is."""

    def answer(self, request: Request, region: str) -> Response:
        action = actions.named("sts", request)
        if action != "GetCallerIdentity":
            raise not_implemented(f"sts:{action}")
        return forward(TokenResponse, request, f"sts.{region}")
