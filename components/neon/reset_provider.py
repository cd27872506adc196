"""Life cycle of freshness: a branch's data was copied from its source after a time, or is copied now.

A resource of its own, wired by the branch's id, so that a reset never makes connection strings unknown in a preview.
"""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, UpdateResult

from components.dynamic import Change, changed, keys_with, without_provider
from components.neon.differences import RESET_RULES
from components.neon.provider import NeonProvider
from neon.errors import NeonNotFound
from neon.models import Branch
from neon.resets import ResetSpec, ensure_fresh

Props = dict[str, Any]


class NeonResetProvider(NeonProvider):
    """Resets a branch when its data is too old. Persisted by name: do not rename or move."""

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        found = changed(RESET_RULES, _olds, _news)
        return DiffResult(changes=bool(found), replaces=keys_with(found, Change.REPLACES))

    def create(self, props: Props) -> CreateResult:
        return CreateResult(props["branch_id"], self._fresh(props))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        return UpdateResult(self._fresh(_news))

    def read(self, id_: str, props: Props) -> ReadResult:
        inputs = {key: props[key] for key in RESET_RULES if key in props}
        with self._reader() as client:
            try:
                branch = client.branch(props["project_id"], id_)
            except NeonNotFound:
                return self._gone(client, props["project_id"])
        return ReadResult(id_, outputs_of(branch, inputs))

    def _fresh(self, props: Props) -> Props:
        with self._client() as client:
            branch = ensure_fresh(client, ResetSpec(**{key: props[key] for key in RESET_RULES}))
        return outputs_of(branch, without_provider(props))


def outputs_of(branch: Branch, inputs: Props) -> Props:
    return {**inputs, "last_reset_at": branch.last_reset_at or ""}
