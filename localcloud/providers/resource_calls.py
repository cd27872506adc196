"""The calls of the protocol that are about one resource, for any type of resource."""

from __future__ import annotations

from typing import Any

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from localcloud.providers import answers, difference, preview, wire
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Package, Resource, Task
from localcloud.providers.table import check, named
from localcloud.providers.values import Values, has_unknown, mark_all, reveal


class ResourceCalls:
    """Each takes a request of the protocol and gives its response; ProviderError says no."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def check(self, request: Any) -> provider_pb2.CheckResponse:
        resource = self._resource(request)
        old, new = reveal(wire.read(request.olds)), wire.read(request.news)
        inputs = named(resource.table, _name(request), old, new, request.randomSeed)
        found = check(resource.table, inputs) or resource.check(reveal(inputs))
        return provider_pb2.CheckResponse(inputs=wire.write(inputs), failures=answers.failures(found))

    def diff(self, request: Any) -> provider_pb2.DiffResponse:
        resource = self._resource(request)
        old, new = _old_inputs(resource, request), reveal(wire.read(request.news))
        found = difference.without(difference.changes(old, new), request.ignoreChanges)
        drifted = frozenset[str]() if "tags" in _tops(found) else frozenset(resource.drift(_old_outputs(request), new))
        found |= difference.without(dict.fromkeys(drifted, "UPDATE"), request.ignoreChanges)
        replaces = resource.table.replaces | resource.replaces(old, new)
        return answers.difference_of(found, replaces, in_outputs=drifted)

    def create(self, request: Any) -> provider_pb2.CreateResponse:
        resource, inputs = self._resource(request), wire.read(request.properties)
        if request.preview:
            expected = preview.created(resource.table, inputs)
            return provider_pb2.CreateResponse(properties=answers.outputs(resource.table, expected, inputs))
        _refuse_unknown(resource, inputs)
        found, made = resource.create(Task(urn=request.urn, inputs=reveal(inputs)))
        return provider_pb2.CreateResponse(id=found, properties=answers.outputs(resource.table, made, inputs))

    def read(self, request: Any) -> provider_pb2.ReadResponse:
        """At a refresh and at an import; an empty id says that the resource is gone."""
        resource = self._resource(request)
        inputs, outputs = wire.read(request.inputs), wire.read(request.properties)
        task = Task(urn=request.urn, id=request.id, inputs=reveal(inputs), outputs=reveal(outputs))
        live = resource.read(task)
        if live is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=live.id,
            inputs=wire.write(mark_all(live.inputs, inputs, resource.table.secrets)),
            properties=answers.outputs(resource.table, mark_all(live.outputs, outputs), inputs),
        )

    def update(self, request: Any) -> provider_pb2.UpdateResponse:
        resource, inputs = self._resource(request), wire.read(request.news)
        old, outputs = _old_inputs(resource, request), wire.read(request.olds)
        if request.preview:
            expected = preview.updated(resource.table, outputs, old, inputs)
            return provider_pb2.UpdateResponse(properties=answers.outputs(resource.table, expected, inputs))
        _refuse_unknown(resource, inputs)
        plain = reveal(inputs)
        found = difference.without(difference.changes(old, plain), request.ignoreChanges)
        changed = frozenset(_tops(found))
        task = Task(
            urn=request.urn, id=request.id, inputs=plain, old_inputs=old, outputs=reveal(outputs), changed=changed
        )
        properties = answers.outputs(resource.table, resource.update(task), inputs)
        return provider_pb2.UpdateResponse(properties=properties)

    def delete(self, request: Any) -> Empty:
        resource = self._resource(request)
        inputs, outputs = reveal(wire.read(request.old_inputs)), reveal(wire.read(request.properties))
        resource.delete(Task(urn=request.urn, id=request.id, inputs=inputs, outputs=outputs))
        return Empty()

    def _resource(self, request: Any) -> Resource:
        token = request.type or request.urn.split("::")[2].rpartition("$")[2]
        resource = self._package.resources.get(token)
        if resource is None:
            known = ", ".join(sorted(self._package.resources))
            raise ProviderError(
                f"the type {token} is not in this stand-in for pulumi-{self._package.name}; it has {known}"
            )
        return resource


def _name(request: Any) -> str:
    return str(request.name or request.urn.rpartition("::")[2])


def _tops(found: dict[str, difference.Kind]) -> set[str]:
    return {difference.top(path) for path in found}


def _old_inputs(resource: Resource, request: Any) -> dict[str, Any]:
    """The inputs in state; of an engine that does not send them, the outputs of their names."""
    old = reveal(wire.read(request.old_inputs if request.HasField("old_inputs") else request.olds))
    return {name: value for name, value in old.items() if name in resource.table.inputs}


def _old_outputs(request: Any) -> dict[str, Any]:
    return dict(reveal(wire.read(request.olds)))


def _refuse_unknown(resource: Resource, inputs: Values) -> None:
    if has_unknown(dict(inputs)):
        raise ProviderError(f"{resource.table.type}: an input is still unknown, outside of a preview")
