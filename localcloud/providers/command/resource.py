"""`command:local:Command` as a resource of Pulumi."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from localcloud.providers.command.runner import Runner
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import UNKNOWN, Values

TABLE: Final = Table(
    type="command:local:Command",
    inputs=frozenset(
        (
            "addPreviousOutputInEnv",
            "create",
            "delete",
            "dir",
            "environment",
            "interpreter",
            "logging",
            "stdin",
            "triggers",
            "update",
        )
    ),
    refused=frozenset({"archivePaths", "assetPaths"}),
    replaces=frozenset({"triggers"}),
    computed=("stdout", "stderr"),
    volatile=frozenset({"stdout", "stderr"}),
    tainted=True,
)
_LOGGING: Final = ("stdout", "stderr", "stdoutAndStderr", "none")
Log = Callable[[str, str], None]


class CommandResource:
    """Runs `create`, then at any change of an input `update` (or `create`), then `delete`. It never reads anything."""

    def __init__(self, runner: Runner, log: Log) -> None:
        self._runner = runner
        self._log = log

    @property
    def table(self) -> Table:
        return TABLE

    def check(self, inputs: Values) -> list[Failure]:
        given = inputs.get("logging", "none")
        if given is UNKNOWN or given in _LOGGING:
            return []
        return [Failure(property="logging", reason=f"'logging' must be one of {', '.join(_LOGGING)}")]

    def replaces(self, _old: Values, _new: Values, /) -> frozenset[str]:
        return frozenset()

    def drift(self, _outputs: Values, _new: Values, /) -> Sequence[str]:
        return ()

    def create(self, task: Task) -> tuple[str, Values]:
        name = task.urn.rpartition("::")[2]
        outputs = self._run(task.inputs.get("create"), task)
        return f"{name}{secrets.token_hex(4)}", outputs

    def read(self, task: Task) -> Live | None:
        if not task.inputs and not task.outputs:
            raise ProviderError("command:local:Command cannot be imported: a command is not found anywhere")
        return Live(id=task.id, inputs=task.inputs, outputs=task.outputs)

    def update(self, task: Task) -> Values:
        return self._run(task.inputs.get("update", task.inputs.get("create")), task)

    def delete(self, task: Task) -> None:
        if task.outputs.get("delete"):
            self._run(task.outputs["delete"], Task(urn=task.urn, inputs=task.outputs, outputs=task.outputs))

    def _run(self, command: str | None, task: Task) -> Values:
        if not command:
            kept = {name: task.outputs.get(name, "") for name in TABLE.computed}
            return {**task.inputs, **kept}
        streams = self._runner.run(command, task.inputs, task.outputs, lambda line: self._log(task.urn, line))
        return {**task.inputs, **streams}
