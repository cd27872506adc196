"""The engine's own provider: stack references."""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.engine.backend import Backend
from localcloud.engine.crypto import Passphrase
from localcloud.engine.errors import EngineError, ProviderError, UnsupportedError
from localcloud.engine.provider import Change, Checked, Diff, Read
from localcloud.engine.state import STACK_TYPE, load_resource
from localcloud.engine.values import Props, has_secret

REFERENCE_TYPE = "pulumi:pulumi:StackReference"
READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"


class BuiltinProvider:
    """Reads other stacks' outputs from the backend; anything else is refused by name."""

    def __init__(self, backend: Backend, project: str, environ: Mapping[str, str]) -> None:
        self._backend = backend
        self._project = project
        self._environ = environ

    def check(self, urn: str, olds: Props, news: Props) -> Checked:  # noqa: ARG002
        raise ProviderError(f"{urn}: only stack references are built in, and they are read, not made")

    def diff(self, change: Change) -> Diff:
        return Diff(changed=change.old_inputs != change.inputs)

    def create(self, urn: str, inputs: Props, *, preview: bool) -> tuple[str, Props]:  # noqa: ARG002
        raise ProviderError(f"{urn} cannot be made")

    def update(self, change: Change, *, preview: bool) -> Props:  # noqa: ARG002
        raise ProviderError(f"{change.urn} cannot be changed")

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props) -> None:
        """Nothing is to be done: a reference owns nothing."""

    def read(self, urn: str, id_: str, inputs: Props | None, state: Props | None) -> Read:
        """Read the outputs of the stack that `id_` names."""
        if not urn.split("::")[2].endswith(REFERENCE_TYPE):
            raise ProviderError(f"unknown built-in resource {urn}")
        name = (inputs or {}).get("name") or (state or {}).get("name") or id_
        return Read(id=id_, outputs=self._reference(str(name)), inputs=None)

    def invoke(self, token: str, args: Props, *, preview: bool) -> Checked:  # noqa: ARG002
        if token != READ_OUTPUTS:
            raise UnsupportedError(f"the built-in function {token}")
        return Checked(inputs=self._reference(str(args["name"])), failures=())

    def _reference(self, name: str) -> Props:
        outputs = self._outputs(name)
        secrets = sorted(key for key, value in outputs.items() if has_secret(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secrets}

    def _outputs(self, name: str) -> Props:
        parts = name.split("/")
        if len(parts) not in (1, 3) or (len(parts) == 3 and parts[0] != "organization"):
            raise ProviderError(f"'{name}' names no stack: organization/<project>/<stack> or <stack> is expected")
        project, stack = (parts[1], parts[2]) if len(parts) == 3 else (self._project, parts[0])
        try:
            deployment = self._backend.read(project, stack)
        except EngineError:
            raise ProviderError(f'unknown stack "{name}"') from None
        provider = deployment.get("secrets_providers") or {}
        crypter = Passphrase(provider["state"]["salt"], self._environ) if provider else None
        found = [raw for raw in deployment.get("resources", []) if raw["type"] == STACK_TYPE]
        return load_resource(found[0], crypter).outputs if found else {}
