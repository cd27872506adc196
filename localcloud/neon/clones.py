"""Which PostgreSQL data a branch has, and the steps that make it.

A branch with an endpoint has a cluster of its own. One without needs none: it shares a frozen copy of its parent's
data with all the siblings that were made before the parent changed, so thousands of them cost one copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from localcloud.neon.context import Context
from localcloud.neon.records import Branch, Role, Step
from localcloud.neon.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """`cluster` and `shared` are the new branch's.

    `source` is the parent's record, with its new frozen copy if one is made.
    """

    cluster: int
    shared: bool
    steps: tuple[Step, ...] = ()
    source: Branch | None = field(default=None)


def own_copy(context: Context, source: Branch, roles: Iterable[Role]) -> Data:
    """A running cluster with the source's data as it is now."""
    number = context.store.new_cluster()
    steps = (
        Step(do="copy", cluster=number, source=source.cluster, frozen=source.shared),
        passwords(number, roles),
        *_rest(context, source),
    )
    return Data(cluster=number, shared=False, steps=steps)


def frozen_copy(context: Context, source: Branch) -> Data:
    """The source's data as it is now, in files that never run.

    Asks the source's cluster whether it changed since the last copy.
    """
    if source.shared:
        return Data(cluster=source.cluster, shared=True)
    mark, last = context.clusters.mark(source.cluster), source.frozen_copy
    if last is not None and mark == source.frozen_mark and is_used(context.store, source.project_id, last):
        return Data(cluster=last, shared=True, steps=_rest(context, source))
    number = context.store.new_cluster()
    copied = source.model_copy(update={"frozen_copy": number, "frozen_mark": mark})
    steps = (Step(do="copy", cluster=number, source=source.cluster), *_rest(context, source))
    return Data(cluster=number, shared=True, steps=steps, source=copied)


def passwords(cluster: int, roles: Iterable[Role]) -> Step:
    return Step(do="passwords", cluster=cluster, passwords={role.name: role.password for role in roles})


def _rest(context: Context, source: Branch) -> tuple[Step, ...]:
    """A cluster without an endpoint was only started to be copied."""
    idle = not source.shared and not context.store.endpoints_of(source.id)
    return (Step(do="stop", cluster=source.cluster),) if idle else ()


def is_used(store: Store, project_id: str, cluster: int, *, besides: str | None = None) -> bool:
    """Whether a branch (other than `besides`) has its data in this cluster."""
    return any(b.cluster == cluster and b.id != besides for b in store.branches_of(project_id))


def discard(store: Store, branch: Branch) -> tuple[Step, ...]:
    """Remove what the branch leaves behind, unless a sibling shares it."""
    if is_used(store, branch.project_id, branch.cluster, besides=branch.id):
        return ()
    return (Step(do="stop", cluster=branch.cluster), Step(do="remove", cluster=branch.cluster))
