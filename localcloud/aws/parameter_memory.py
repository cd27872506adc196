"""Moto's Parameter Store as a document and back, so that values, versions and dates survive the process.

This reads moto's own objects: whoever moves moto to another version sees here, and in the tests of a restart, what
changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moto.ssm.models import Parameter, SimpleSystemManagerBackend, ssm_backends

from localcloud.aws import ACCOUNT

_PUBLIC = "/aws/service/"
_DATE = "last_modified_date"


def backend(region: str) -> SimpleSystemManagerBackend:
    return ssm_backends[ACCOUNT][region]


def dump() -> str:
    """Every parameter with all its versions, and the tags, by region, as JSON."""
    regions = {region: _dump_region(found) for region, found in ssm_backends[ACCOUNT].items()}
    return json.dumps(regions)


def _dump_region(found: SimpleSystemManagerBackend) -> dict[str, Any]:
    versions = [_plain(one) for one in _parameters(found)]
    return {"parameters": versions, "tags": found._resource_tags["Parameter"]}


def _parameters(found: SimpleSystemManagerBackend) -> Iterator[Parameter]:
    """All versions in their order, without the public parameters that moto loads when they are asked for."""
    for name, versions in found._parameters.items():
        if not name.startswith(_PUBLIC):
            yield from versions


def _plain(parameter: Parameter) -> dict[str, Any]:
    return {**vars(parameter), _DATE: parameter.last_modified_date.isoformat()}


def restore(document: str) -> None:
    """Put back what `dump` wrote, into a process whose Parameter Store is still empty."""
    for region, saved in json.loads(document).items():
        found = backend(region)
        for attributes in saved["parameters"]:
            parameter: Any = Parameter.__new__(Parameter)
            vars(parameter).update({**attributes, _DATE: datetime.fromisoformat(attributes[_DATE])})
            found._parameters[parameter.name].append(parameter)
        for name, tags in saved["tags"].items():
            found._resource_tags["Parameter"][name].update(tags)


def allowed_pattern(region: str, name: str) -> str | None:
    """The AllowedPattern that a parameter has by now."""
    found = backend(region)._parameters
    versions = found.get(found.normalize_name(name), [])
    return versions[-1].allowed_pattern if versions else None
