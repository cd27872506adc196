"""As much of Pulumi's engine as the providers notice: a state, and their methods called in its order."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import ConfigureRequest, ResourceProvider
from pulumi.dynamic.config import Config
from pulumi.runtime import rpc

from tests.stateful.declared import IDENTITY, Declared, Props

PROVIDER = "__provider"


class Killed(Exception):
    """The engine was killed after an act, before it had saved what came of it."""


class Refused(Exception):
    """A provider's check did not accept new inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    name: str
    id: str
    inputs: Props
    outputs: Props


@dataclass(slots=True, kw_only=True)
class Engine:
    """``dies_at`` is the number of the act, from 0, whose result is lost with the engine; None for never."""

    state: dict[str, Resource] = field(default_factory=dict)
    dies_at: int | None = None

    def refresh(self) -> None:
        """Takes over what the providers read; what is gone leaves the state."""
        for old in list(self.state.values()):
            read = provider_of(old.inputs).read(old.id, dict(old.outputs))
            if not read.id:
                del self.state[old.name]
                continue
            inputs = old.inputs if read.inputs is None else sent({**read.inputs, PROVIDER: old.inputs[PROVIDER]})
            self._save(old.name, read.id, inputs, read.outs)

    def up(self, wanted: Iterable[Declared]) -> None:
        """A refresh first, as the project asks for; then what differs; then what is declared no more."""
        self.refresh()
        names = set()
        for one in wanted:
            names.add(one.name)
            self._bring(one.name, one.with_ids({f"<id of {r.name}>": r.id for r in self.state.values()}))
        self._remove([name for name in self.state if name not in names])

    def destroy(self) -> None:
        self.refresh()
        self._remove(list(self.state))

    def _bring(self, name: str, inputs: Props) -> None:
        old, provider = self.state.get(name), provider_of(inputs)
        checked = provider.check({} if old is None else dict(old.inputs), dict(inputs))
        if checked.failures:
            raise Refused("; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures))
        news = sent({**checked.inputs, PROVIDER: inputs[PROVIDER]})
        if old is None:
            self._create(name, provider, news)
            return
        found = provider.diff(old.id, dict(old.outputs), dict(news))
        if found.replaces:
            self._remove([name])
            self._create(name, provider, news)
        elif found.changes:
            updated = provider.update(old.id, dict(old.outputs), dict(news))
            self._survive()
            self._save(name, old.id, news, updated.outs)
        else:
            self.state[name] = replace(old, inputs=news)

    def _create(self, name: str, provider: ResourceProvider, news: Props) -> None:
        made = provider.create(dict(news))
        self._survive()
        self._save(name, made.id, news, made.outs)

    def _remove(self, names: list[str]) -> None:
        for name in reversed(names):
            old = self.state[name]
            provider_of(old.inputs).delete(old.id, dict(old.outputs))
            self._survive()
            del self.state[name]

    def _save(self, name: str, resource_id: str, inputs: Props, outputs: Props | None) -> None:
        whole = sent({**(outputs or {}), PROVIDER: inputs[PROVIDER]})
        self.state[name] = Resource(name=name, id=resource_id, inputs=inputs, outputs=whole)

    def _survive(self) -> None:
        if self.dies_at == 0:
            raise Killed
        if self.dies_at is not None:
            self.dies_at -= 1


def sent(props: Props) -> Props:
    """Properties as they are on the other side of Pulumi's protocol: without None, all numbers floats."""
    loop = asyncio.new_event_loop()
    try:
        return dict(rpc.deserialize_properties(loop.run_until_complete(rpc.serialize_properties(props, {}))))
    finally:
        loop.close()


def provider_of(inputs: Props) -> ResourceProvider:
    """The provider that is kept with a resource, in a process of its own as far as it can tell."""
    kept: Any = rpc.unwrap_rpc_secret(inputs[PROVIDER])
    provider: ResourceProvider = dill.loads(base64.b64decode(kept))  # noqa: S301 - the program's own, as in the plugin
    limit = getattr(sys, "tracebacklimit", 1000)
    provider.configure(ConfigureRequest(config=Config(raw_config={}, project_name=IDENTITY.project)))
    sys.tracebacklimit = limit  # a plugin's own affair, and this process is none
    return provider
