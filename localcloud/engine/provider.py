"""One configured provider, spoken to over gRPC, as the rest of the engine sees it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc

from localcloud.engine.errors import ProviderError
from localcloud.engine.paths import Path, ignore_changes, parse
from localcloud.engine.protocol import from_wire, provider_pb2, provider_pb2_grpc, to_wire
from localcloud.engine.values import Props, annotate_secrets, leaf_changes, reveal, secret

RANDOM_SEED = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What a change of inputs would do: `paths` are what differs, `replace_paths` what of it forces a replacement."""

    changed: bool
    replace: bool = False
    delete_before_replace: bool = False
    paths: tuple[Path, ...] = ()
    replace_paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a provider found: an empty id means that it is gone; `inputs` is None when it did not say."""

    id: str
    outputs: Props | None
    inputs: Props | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    inputs: Props
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that a diff is asked about."""

    urn: str
    id: str
    old_inputs: Props
    old_outputs: Props
    inputs: Props
    ignored: list[str] = field(default_factory=list)


class Provider(Protocol):
    """The life cycle of resources; ProviderError when the provider refuses or fails."""

    def check(self, urn: str, olds: Props, news: Props) -> Checked: ...
    def diff(self, change: Change) -> Diff: ...
    def create(self, urn: str, inputs: Props, *, preview: bool) -> tuple[str, Props]: ...
    def read(self, urn: str, id_: str, inputs: Props | None, state: Props | None) -> Read: ...
    def update(self, change: Change, *, preview: bool) -> Props: ...
    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props) -> None: ...
    def invoke(self, token: str, args: Props, *, preview: bool) -> Checked: ...


class RemoteProvider:
    """A provider in a plugin's process."""

    def __init__(self, channel: grpc.Channel, config: Any, *, known: bool = True) -> None:
        self._stub = provider_pb2_grpc.ResourceProviderStub(channel)
        self._secrets = bool(config.acceptSecrets)
        self._previews = bool(config.supportsPreview)
        self._known = known

    def check(self, urn: str, olds: Props, news: Props) -> Checked:
        if not self._known:
            return Checked(inputs=news)
        request = provider_pb2.CheckRequest(
            **naming(urn), olds=self._wire(olds), news=self._wire(news), randomSeed=RANDOM_SEED
        )
        reply = self._call("Check", request)
        failures = tuple((f.property, f.reason) for f in reply.failures)
        return Checked(inputs=self._back(reply.inputs, news), failures=failures)

    def diff(self, change: Change) -> Diff:
        if not self._known:
            return Diff(changed=True)
        request = provider_pb2.DiffRequest(
            **naming(change.urn),
            id=change.id,
            old_inputs=self._wire(change.old_inputs),
            olds=self._wire(change.old_outputs),
            news=self._wire(change.inputs),
            ignoreChanges=change.ignored,
        )
        return read_diff(self._call("Diff", request), change)

    def create(self, urn: str, inputs: Props, *, preview: bool) -> tuple[str, Props]:
        if preview and not (self._known and self._previews):
            return "", inputs if self._known else {}
        request = provider_pb2.CreateRequest(
            **naming(urn), properties=self._wire(inputs, unknowns=preview), preview=preview
        )
        reply = self._call("Create", request)
        if not preview and not reply.id:
            raise ProviderError(f"plugin returned empty resource.ID from create '{urn}'")
        return reply.id, self._back(reply.properties, inputs)

    def read(self, urn: str, id_: str, inputs: Props | None, state: Props | None) -> Read:
        request = provider_pb2.ReadRequest(
            **naming(urn),
            id=id_,
            properties=None if state is None else self._wire(state, unknowns=False),
            inputs=None if inputs is None else self._wire(inputs, unknowns=False),
        )
        reply = self._call("Read", request)
        return Read(
            id=reply.id,
            outputs=self._back(reply.properties, state or {}) if reply.HasField("properties") else None,
            inputs=self._back(reply.inputs, inputs or {}) if reply.HasField("inputs") else None,
        )

    def update(self, change: Change, *, preview: bool) -> Props:
        if preview and not (self._known and self._previews):
            return change.inputs if self._known else {}
        request = provider_pb2.UpdateRequest(
            **naming(change.urn),
            id=change.id,
            old_inputs=self._wire(change.old_inputs, unknowns=False),
            olds=self._wire(change.old_outputs, unknowns=False),
            news=self._wire(change.inputs, unknowns=preview),
            ignoreChanges=change.ignored,
            preview=preview,
        )
        return self._back(self._call("Update", request).properties, change.inputs)

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props) -> None:
        request = provider_pb2.DeleteRequest(
            **naming(urn),
            id=id_,
            properties=self._wire(outputs, unknowns=False),
            old_inputs=self._wire(inputs, unknowns=False),
        )
        self._call("Delete", request)

    def invoke(self, token: str, args: Props, *, preview: bool) -> Checked:
        reply = self._call(
            "Invoke", provider_pb2.InvokeRequest(tok=token, args=self._wire(args, unknowns=False), preview=preview)
        )
        result = from_wire(getattr(reply, "return"))
        if not self._secrets and reveal(args) != args:
            result = {key: secret(value) for key, value in result.items()}
        return Checked(inputs=result, failures=tuple((f.property, f.reason) for f in reply.failures))

    def _wire(self, properties: Props, *, unknowns: bool = True) -> Any:
        return to_wire(properties, secrets=self._secrets, unknowns=unknowns)

    def _back(self, message: Any, given: Props) -> Props:
        properties = from_wire(message)
        if not self._secrets:
            annotate_secrets(properties, given)
        return properties

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            raise provider_error(error) from None


def naming(urn: str) -> dict[str, Any]:
    """Give the fields by which requests name a resource."""
    qualified, _, name = urn.rpartition("::")
    return {"urn": urn, "name": name, "type": qualified.rsplit("::", 1)[-1].rsplit("$", 1)[-1]}


def read_diff(reply: Any, change: Change) -> Diff:
    """Read a provider's answer; one that does not know is settled by comparing inputs without secrets."""
    if reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
        news = ignore_changes(change.inputs, change.old_inputs, change.ignored)
        paths = tuple(leaf_changes(reveal(change.old_inputs), reveal(news)))
    else:
        paths = tuple(parse(p) for p in reply.detailedDiff) or tuple(parse(p) for p in reply.diffs)
    kinds = provider_pb2.PropertyDiff
    forced = {kinds.ADD_REPLACE, kinds.DELETE_REPLACE, kinds.UPDATE_REPLACE}
    replaces = {parse(p) for p in reply.replaces} | {
        parse(p) for p, d in reply.detailedDiff.items() if d.kind in forced
    }
    unknown = reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN
    changed = bool(paths) if unknown else reply.changes == provider_pb2.DiffResponse.DIFF_SOME
    return Diff(
        changed=changed,
        replace=changed and bool(replaces),
        delete_before_replace=reply.deleteBeforeReplace,
        paths=paths,
        replace_paths=tuple(replaces),
    )


def provider_error(error: grpc.RpcError) -> ProviderError:
    """Read a failed call: its message, and what was made before the provider gave up."""
    call: Any = error
    message = call.details() or call.code().name
    if call.code() == grpc.StatusCode.UNAVAILABLE:
        message = f"the provider's process has ended or does not answer: {message}"
    for key, raw in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return _init_failed(raw) or ProviderError(message_of(message))
    return ProviderError(message_of(message))


def _init_failed(raw: bytes) -> ProviderError | None:
    from google.rpc import status_pb2  # type: ignore[import-untyped]

    for detail in status_pb2.Status.FromString(raw).details:
        failed = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(failed):
            return ProviderError("; ".join(failed.reasons), (failed.id, from_wire(failed.properties)))
    return None


def message_of(text: str) -> str:
    """Cut a Python traceback down to its last exception's message, unless PULUMI_DEBUG is set."""
    if "Traceback (most recent call last)" not in text or os.environ.get("PULUMI_DEBUG"):
        return text
    lines = text.rstrip().splitlines()
    inside = [i for i, line in enumerate(lines) if line.startswith("  ")]
    heads = [
        i for i, line in enumerate(lines) if re.match(r"[A-Za-z_][\w.]*(:|$)", line) and i > min(inside, default=0)
    ]
    after = [i for i in heads if i > 0 and lines[i - 1].startswith("  ")]
    return "\n".join(lines[after[-1] :]).strip() if after else lines[-1]
