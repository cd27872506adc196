"""A stack as a command finds it: project, configuration, state, and the keys to its secrets."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.engine.backend import Backend
from localcloud.engine.crypto import Passphrase
from localcloud.engine.errors import CONFIGURATION, STACK_NOT_FOUND, EngineError
from localcloud.engine.project import Config, Project, StackFile, find_project, resolve
from localcloud.engine.state import STACK_TYPE, Operation, Resource, dump_resource, load_resource
from localcloud.engine.values import Props


class Session:
    """What one command knows of its stack. Keys are derived when something needs them."""

    def __init__(self, options: Namespace, environ: Mapping[str, str]) -> None:
        self.options = options
        self.environ = environ
        self.project: Project = find_project(Path(getattr(options, "cwd", None) or Path.cwd()).absolute())
        self.backend = Backend(environ)
        keeper: Passphrase | None = getattr(options, "keeper", None)
        self._crypters: dict[str, Passphrase] = {} if keeper is None else {keeper.salt: keeper}

    @property
    def stack(self) -> str:
        """The chosen stack's name; EngineError (6) when none was chosen."""
        chosen = self.options.stack or self.environ.get("PULUMI_STACK")
        if not chosen:
            raise EngineError("no stack selected; specify a stack name with --stack", STACK_NOT_FOUND)
        *scope, name = str(chosen).split("/")
        if scope and scope not in (["organization"], ["organization", self.project.name]):
            raise EngineError(f"stack '{chosen}' is not one of project {self.project.name}", CONFIGURATION)
        return name

    def file(self) -> StackFile:
        chosen = self.options.config_file or self.environ.get("PULUMI_OPTION_CONFIG_FILE")
        return StackFile(self.project, self.stack, chosen)

    def crypter(self, salt: str) -> Passphrase:
        return self._crypters.setdefault(salt, Passphrase(salt, self.environ))

    def deployment(self) -> dict[str, Any]:
        return self.backend.read(self.project.name, self.stack)

    def state_crypter(self, deployment: dict[str, Any], file: StackFile) -> Passphrase:
        """Give the keeper of the state's secrets: the one it has, else the stack file's, else a new one."""
        provider = deployment.get("secrets_providers")
        if provider:
            if provider["type"] != "passphrase":
                raise EngineError(f"secrets provider '{provider['type']}' is not supported; only passphrase is")
            return self.crypter(provider["state"]["salt"])
        return self.file_crypter(file)

    def file_crypter(self, file: StackFile) -> Passphrase:
        """Give the keeper of the stack file's secrets; a file without a salt gets one, and is written."""
        if not file.salt:
            provider = self.deployment().get("secrets_providers")
            made = self.crypter(provider["state"]["salt"]) if provider else Passphrase.new(self.environ)
            file.salt = made.salt
            self._crypters[file.salt] = made
            file.write()
        return self.crypter(file.salt)

    def config(self, file: StackFile) -> Config:
        return resolve(self.project, file, self.stack, self.crypter(file.salt) if file.salt else None)

    def write(self, crypter: Passphrase, resources: list[Resource], operations: list[Operation]) -> None:
        """Write the stack's state."""
        provider = {"type": "passphrase", "state": {"salt": crypter.salt}}
        deployment: dict[str, Any] = {
            "secrets_providers": provider,
            "resources": [dump_resource(resource, crypter) for resource in resources],
        }
        if operations:
            deployment["pending_operations"] = [
                {"resource": dump_resource(op.resource, crypter), "type": op.type} for op in operations
            ]
        self.backend.write(self.project.name, self.stack, deployment)


def load_state(deployment: dict[str, Any], crypter: Passphrase | None) -> tuple[list[Resource], list[Operation]]:
    """Read the resources and the interrupted operations of a deployment; without a crypter secrets stay sealed."""
    resources = [load_resource(raw, crypter) for raw in deployment.get("resources") or []]
    operations = [
        Operation(resource=load_resource(raw["resource"], crypter), type=raw["type"])
        for raw in deployment.get("pending_operations") or []
    ]
    return resources, operations


def stack_outputs(resources: list[Resource]) -> Props:
    return next((r.outputs for r in resources if r.type == STACK_TYPE), {})


def interactive(options: Namespace) -> bool:
    return not options.non_interactive and sys.stdin.isatty() and sys.stdout.isatty() and "CI" not in os.environ


def require_consent(options: Namespace) -> None:
    """Refuse to go on unasked where nobody can be asked; EngineError (2)."""
    agreed = options.yes or getattr(options, "skip_preview", False) or getattr(options, "preview_only", False)
    if not agreed and not interactive(options):
        raise EngineError(
            "--yes or --skip-preview or --preview-only must be passed in to proceed when running in "
            "non-interactive mode",
            CONFIGURATION,
        )


def confirm(options: Namespace, question: str) -> None:
    """Ask, unless consent was given; EngineError when it is refused."""
    if options.yes or getattr(options, "skip_preview", False) or not interactive(options):
        return
    if input(f"{question} [yes/no] ").strip().lower() not in ("y", "yes"):
        raise EngineError("confirmation declined, not proceeding")
