"""The package `command`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.providers.command.log import EngineLog
from localcloud.providers.command.resource import TABLE, CommandResource
from localcloud.providers.command.runner import Runner
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Resource
from localcloud.providers.table import Failure
from localcloud.providers.values import Values


class CommandPackage:
    """`engine` is the address to which the lines of a running command are sent; without one they are dropped."""

    def __init__(self, engine: str | None) -> None:
        self._runner = Runner()
        self._resource = CommandResource(self._runner, EngineLog(engine).say)

    @property
    def name(self) -> str:
        return "command"

    @property
    def resources(self) -> Mapping[str, Resource]:
        return {TABLE.type: self._resource}

    def check_config(self, settings: Values) -> list[Failure]:
        reason = "'command:{}' is not known: the command provider has no settings"
        return [Failure(property=name, reason=reason.format(name)) for name in settings]

    def configure(self, _settings: Values, /) -> None:
        """There is nothing to settle."""

    def invoke(self, token: str, _arguments: Values, /) -> Mapping[str, Any]:
        raise ProviderError(f"the function {token} is not in this stand-in for pulumi-command")

    def cancel(self) -> None:
        self._runner.cancel()
