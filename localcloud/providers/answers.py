"""Parts of the protocol's responses. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2

from localcloud.providers import difference, wire
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import Secret, Values, has_secret, mark_all

_NOTHING: frozenset[str] = frozenset()


def outputs(table: Table, found: Values, inputs: Values) -> Struct:
    """Outputs for the engine, secret where the table or the inputs say so."""
    marked = mark_all(found, inputs, table.secrets)
    if table.tainted and has_secret(dict(inputs)):
        plain = {name: marked[name] for name in table.computed if marked.get(name) is not None}
        marked |= {name: value if isinstance(value, Secret) else Secret(value) for name, value in plain.items()}
    return wire.write(marked)


def failures(found: Sequence[Failure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=one.property, reason=one.reason) for one in found]


def difference_of(
    found: Mapping[str, difference.Kind], replaces: frozenset[str], *, in_outputs: frozenset[str] = _NOTHING
) -> provider_pb2.DiffResponse:
    """The answer to a diff: every changed place, and what of it needs a replacement.

    `replaces` are properties; `in_outputs` are places whose difference is not in the inputs.
    """
    details = {path: _detail(path, kind, replaces, in_outputs) for path, kind in found.items()}
    names = sorted({difference.top(path) for path in found})
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if found else none,
        diffs=names,
        replaces=[name for name in names if name in replaces],
        detailedDiff=details,
        hasDetailedDiff=True,
    )


def _detail(
    path: str, kind: difference.Kind, replaces: frozenset[str], in_outputs: frozenset[str]
) -> provider_pb2.PropertyDiff:
    name = f"{kind}_REPLACE" if difference.top(path) in replaces else kind
    number = provider_pb2.PropertyDiff.Kind.Value(name)
    return provider_pb2.PropertyDiff(kind=number, inputDiff=path not in in_outputs)
