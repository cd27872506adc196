"""Deletion of a branch, asked about first: what depends on all of an environment is the first of it to be deleted.

Neon deletes no branch that others were made from, nor a protected one. Without the guard a destroy would learn that at
its end, with the application's branch, its builds and the parameters gone. The guard is nothing in Neon: it is made and
changed without a word there, and asks once, when it goes.
"""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, UpdateResult

from components.dynamic import changed, without_provider
from components.neon.differences import GUARD_RULES
from components.neon.provider import NeonProvider
from neon.removing import require_removable

Props = dict[str, Any]


class NeonGuardProvider(NeonProvider):
    """Fails to go while its branch may not be deleted. Persisted by name: do not rename or move."""

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        return DiffResult(changes=bool(changed(GUARD_RULES, _olds, _news)))

    def create(self, props: Props) -> CreateResult:
        return CreateResult("guard", without_provider(props))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        return UpdateResult(without_provider(_news))

    def read(self, id_: str, props: Props) -> ReadResult:
        return ReadResult(id_, without_provider(props))

    def delete(self, _id: str, _props: Props) -> None:
        project_id = _props["project_id"]
        with self._client() as client:
            if not self._went_with_its_project(client, project_id):
                require_removable(client, project_id, _props["branch_id"], _props["mark"])
