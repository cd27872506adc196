"""What moto holds of IAM, DynamoDB and CloudFormation, as one document and back.

These are moto's own objects, pickled, for a stack and its tables are one web of them. Moto at another version may not
read it: then the process ends with a sentence that says so.
"""

from __future__ import annotations

import base64
import io
import json
import pickle
from collections.abc import Mapping
from typing import Any, Final

import moto
from moto.cloudformation.models import cloudformation_backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends

from localcloud.aws import ACCOUNT
from localcloud.errors import LocalcloudError

_SERVICES: Final[Mapping[str, BackendDict[Any]]] = {
    "iam": iam_backends,
    "dynamodb": dynamodb_backends,
    "cloudformation": cloudformation_backends,
}


class _Pickler(pickle.Pickler):
    """Names the backends instead of copying them: each process has its own."""

    def persistent_id(self, thing: object) -> tuple[str, str] | None:
        if not isinstance(thing, BaseBackend):
            return None
        return type(thing).__module__.split(".")[1], thing.region_name


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: tuple[str, str]) -> BaseBackend:
        service, region = name
        backend: BaseBackend = _SERVICES[service][ACCOUNT][region]
        return backend


def dump() -> str:
    """All that the three services hold, of every region."""
    state = {
        service: {region: vars(backend) for region, backend in backends[ACCOUNT].items()}
        for service, backends in _SERVICES.items()
    }
    written = io.BytesIO()
    _Pickler(written, protocol=pickle.HIGHEST_PROTOCOL).dump(state)
    return json.dumps({"moto": moto.__version__, "state": base64.b64encode(written.getvalue()).decode()})


def restore(document: str | None) -> None:
    """Put back what `dump` wrote, in place of all that is there; without a document, leave nothing there.

    Raises:
        LocalcloudError: where another version of moto wrote it.
    """
    for backends in _SERVICES.values():
        for backend in backends[ACCOUNT].values():
            backend.reset()
    if document:
        for service, regions in _read(document).items():
            for region, attributes in regions.items():
                vars(_SERVICES[service][ACCOUNT][region]).update(attributes)


def _read(document: str) -> dict[str, dict[str, dict[str, Any]]]:
    content = json.loads(document)
    if content["moto"] != moto.__version__:
        found = f"it was written with moto {content['moto']} and this is {moto.__version__}"
        text = f"the stacks, tables and roles that were kept cannot be read: {found}"
        raise LocalcloudError(f"{text}; `python -m localcloud reset` begins anew")
    # Our own file, of mode 0600, written by `dump`.
    state: dict[str, dict[str, dict[str, Any]]] = _Unpickler(io.BytesIO(base64.b64decode(content["state"]))).load()
    return state
