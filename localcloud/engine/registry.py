"""Provider resources (`pulumi:providers:<package>`) and the providers that they stand for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import grpc

from localcloud.engine.errors import ProviderError
from localcloud.engine.host import PluginHost
from localcloud.engine.protocol import from_wire, provider_pb2, to_wire
from localcloud.engine.provider import Change, Checked, Diff, Provider, Read, naming, provider_error, read_diff
from localcloud.engine.state import PROVIDER_PREFIX, Resource
from localcloud.engine.values import UNKNOWN, Props, annotate_secrets, same


def package_of(type_: str) -> str:
    """Name the package of a type: of a provider type, the one that it provides."""
    return type_.removeprefix(PROVIDER_PREFIX) if type_.startswith(PROVIDER_PREFIX) else type_.split(":", 1)[0]


class Registry:
    """Finds the provider of a reference (`<urn>::<id>`), and is itself the provider of provider resources."""

    def __init__(self, host: PluginHost, builtin: Provider, olds: Callable[[], list[Resource]]) -> None:
        self._host = host
        self._builtin = builtin
        self._olds = olds
        self._inputs: dict[str, Props] = {}

    def use(self, reference: str, inputs: Props) -> None:
        """Take over a provider resource with these inputs."""
        self._inputs[reference] = inputs

    def get(self, reference: str) -> Provider:
        """Give the provider of a reference, from this run or from the state."""
        urn, _, id_ = reference.rpartition("::")
        package = package_of(naming(urn)["type"])
        if package == "pulumi":
            return self._builtin
        if reference not in self._inputs:
            found = next((r for r in self._olds() if r.urn == urn and r.id == id_), None)
            if found is None:
                raise ProviderError(f"unknown provider '{reference}'")
            self._inputs[reference] = found.inputs
        return self._host.provider(package, _config(self._inputs[reference]))

    def config_replaces(self, old: str, new: str) -> bool:
        """Whether resources must be replaced because their provider changed from one to another."""
        if old == new or not (old and new):
            return old != new
        self.get(old), self.get(new)
        if naming(old)["type"] == "pulumi:providers:pulumi":
            return False
        urn, _, id_ = new.rpartition("::")
        before, after = (_config(self._inputs.get(ref, {})) for ref in (old, new))
        return self.diff(Change(urn=urn, id=id_, old_inputs=before, old_outputs=before, inputs=after)).replace

    def check(self, urn: str, olds: Props, news: Props) -> Checked:
        request = provider_pb2.CheckRequest(
            **naming(urn), olds=to_wire(_config(olds), secrets=False), news=to_wire(_config(news), secrets=False)
        )
        reply = self._ask(urn, "CheckConfig", request)
        if reply is None:
            return Checked(inputs=news)
        checked = from_wire(reply.inputs)
        annotate_secrets(checked, news)
        kept = {key: news[key] for key in ("version", "__internal") if key in news}
        return Checked(inputs=checked | kept, failures=tuple((f.property, f.reason) for f in reply.failures))

    def diff(self, change: Change) -> Diff:
        request = provider_pb2.DiffRequest(
            **naming(change.urn),
            id=change.id,
            old_inputs=to_wire(_config(change.old_inputs), secrets=False),
            olds=to_wire(change.old_outputs, secrets=False),
            news=to_wire(_config(change.inputs), secrets=False),
        )
        reply = self._ask(change.urn, "DiffConfig", request)
        if reply is None or reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
            return Diff(changed=not same(change.old_outputs, _config(change.inputs)))
        return read_diff(reply, change)

    def create(self, urn: str, inputs: Props, *, preview: bool) -> tuple[str, Props]:
        id_ = UNKNOWN if preview else str(uuid.uuid4())
        self._configured(f"{urn}::{id_}", inputs)
        return id_, _config(inputs)

    def update(self, change: Change, *, preview: bool) -> Props:  # noqa: ARG002 - part of the protocol
        self._configured(f"{change.urn}::{change.id}", change.inputs)
        return _config(change.inputs)

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props) -> None:
        """Nothing is to be done: a plugin ends with the run."""

    def read(self, urn: str, id_: str, inputs: Props | None, state: Props | None) -> Read:  # noqa: ARG002
        raise ProviderError(f"provider resources cannot be read: {urn}")

    def invoke(self, token: str, args: Props, *, preview: bool) -> Checked:  # noqa: ARG002
        raise ProviderError(f"provider resources have no functions: {token}")

    def _configured(self, reference: str, inputs: Props) -> None:
        self._inputs[reference] = inputs
        self.get(reference)

    def _ask(self, urn: str, method: str, request: Any) -> Any:
        package = package_of(naming(urn)["type"])
        if package == "pulumi":
            return None
        try:
            return getattr(self._host.stub(package), method)(request)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise provider_error(error) from None


def _config(inputs: Props) -> Props:
    return {key: value for key, value in inputs.items() if key != "__internal"}
