"""What the parts of one run share: its state, its providers, what it has seen and whether it has failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from localcloud.engine.aliases import Naming
from localcloud.engine.display import Display, Step
from localcloud.engine.errors import EngineError, ProviderError, StepFailedError
from localcloud.engine.project import Config
from localcloud.engine.provider import Provider
from localcloud.engine.registry import Registry
from localcloud.engine.snapshot import Snapshot
from localcloud.engine.state import Operation, Resource
from localcloud.engine.values import Props, secret

PARALLEL = 16


class Run:
    """One pass of an operation over a stack: a preview, or the real thing."""

    def __init__(
        self, *, naming: Naming, config: Config, snapshot: Snapshot, registry: Registry, display: Display, preview: bool
    ) -> None:
        self.naming = naming
        self.config = config
        self.snapshot = snapshot
        self.registry = registry
        self.display = display
        self.preview = preview
        self.root = f"urn:pulumi:{naming.stack}::{naming.project}::pulumi:pulumi:Stack::{naming.project}-{naming.stack}"
        self.lock = threading.RLock()
        self.failed = False
        self.news: dict[str, Resource] = {}
        self.stack_outputs: Props | None = None
        self.interrupted = threading.Event()

    def olds(self) -> dict[str, Resource]:
        """Give the resources of before by URN, without those that only wait to be deleted."""
        return {r.urn: r for r in self.snapshot.base if not r.delete}

    def package_inputs(self, package: str) -> Props:
        """Give the configuration of a package's default provider, secret where the stack's is."""
        by_key = self.config.of_package(package)
        full = (lambda key: key) if package == "pulumi-python" else (lambda key: f"{package}:{key}")
        return {k: secret(v) if full(k) in self.config.secret_keys else v for k, v in by_key.items()}

    def provider(self, resource: Resource) -> Provider | None:
        """Give the provider that looks after a resource; components have none."""
        if not resource.custom:
            return None
        return self.registry if resource.is_provider else self.registry.get(resource.provider)

    def fail(self, urn: str, message: str) -> None:
        """Report an error; nothing new begins after it, and what has begun is finished."""
        with self.lock:
            self.failed = True
            self.display.tell("error", urn, message)

    @contextmanager
    def reporting(self, urn: str) -> Iterator[None]:
        """Report what fails in the block as a failure of a resource; StepFailedError then."""
        try:
            yield
        except (ProviderError, EngineError) as error:
            self.fail(urn, str(error))
            raise StepFailedError(urn) from error

    def begin(self, resource: Resource, operation: str) -> Operation | None:
        return None if self.preview or not resource.managed else self.snapshot.begin(resource, operation)

    def show(self, step: Step, began: float) -> None:
        self.display.step(replace(step, seconds=time.monotonic() - began))


def with_secrets(resource: Resource) -> Resource:
    """Mark the outputs that the program declared secret, and those whose input of that name is."""
    marked = {
        key: secret(value) if key in resource.additional_secret_outputs or _secret(resource.inputs.get(key)) else value
        for key, value in resource.outputs.items()
    }
    return replace(resource, outputs=marked)


def _secret(value: object) -> bool:
    return value is not None and secret(value) is value
