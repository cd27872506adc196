"""The calls of the protocol that are about a package as a whole."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from localcloud.providers import answers, difference, wire
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Package
from localcloud.providers.values import Values, has_unknown, reveal

_FROM_ENGINE = frozenset({"version", "pluginDownloadURL", "__internal"})


class PackageCalls:
    """Each takes a request of the protocol and gives its response; ProviderError says no."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def handshake(self, _: Any) -> provider_pb2.ProviderHandshakeResponse:
        """Secrets come wrapped, so that they go back wrapped."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def nothing(self, _: Any) -> Empty:
        return Empty()

    def plugin_info(self, _: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=version(f"pulumi-{self._package.name}"))

    def schema(self, _: Any) -> provider_pb2.GetSchemaResponse:
        """A schema with nothing in it, for engines that only look whether there is one."""
        name = self._package.name
        schema = {"name": name, "version": version(f"pulumi-{name}"), "resources": {}, "functions": {}}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def check_config(self, request: Any) -> provider_pb2.CheckResponse:
        given = settings(wire.read(request.news))
        found = [] if has_unknown(given) else self._package.check_config(given)
        return provider_pb2.CheckResponse(inputs=request.news, failures=answers.failures(found))

    def diff_config(self, request: Any) -> provider_pb2.DiffResponse:
        """A provider in another region cannot look after the resources of this one: they are replaced.

        A region that is named for the first time is no other one: it came from the environment before.
        """
        old, new = (settings(wire.read(one)) for one in (request.old_inputs, request.news))
        found = difference.changes(old, new)
        return answers.difference_of(found, frozenset({"region"} if found.get("region") == "UPDATE" else ()))

    def configure(self, request: Any) -> provider_pb2.ConfigureResponse:
        given = settings(wire.read(request.args))
        failures = self._package.check_config(given)
        if failures:
            raise ProviderError("; ".join(failure.reason for failure in failures))
        self._package.configure(given)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def invoke(self, request: Any) -> provider_pb2.InvokeResponse:
        outcome = self._package.invoke(request.tok, reveal(wire.read(request.args)))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(wire.write(outcome))
        return response

    def cancel(self, _: Any) -> Empty:
        self._package.cancel()
        return Empty()


def settings(given: Values) -> dict[str, Any]:
    """The provider's settings without what the engine adds; a value that is no text arrives as JSON text."""
    return {name: _from_json(reveal(value)) for name, value in given.items() if name not in _FROM_ENGINE}


def _from_json(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in ("{", "[") or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
