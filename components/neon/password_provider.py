"""Life cycle of a role's password: it was set on this branch after a time, or Neon makes a new one now.

A resource of its own, wired by the branch's id. Its output is the password's time, on which the connection depends: so
a new password, and nothing else here, makes connection strings unknown in a preview.
"""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, UpdateResult

from components.dynamic import Change, changed, keys_with, without_provider
from components.neon.differences import PASSWORD_RULES
from components.neon.provider import NeonProvider
from neon.errors import NeonNotFound
from neon.kept import moment
from neon.passwords import PasswordSpec, ensure_password

Props = dict[str, Any]


class NeonPasswordProvider(NeonProvider):
    """Sets a new password when the role's is too old. Persisted by name: do not rename or move."""

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        found = changed(PASSWORD_RULES, _olds, _news)
        if moment(_olds["set_at"]) >= moment(_news["password_after"]):
            found.pop("password_after", None)
        return DiffResult(changes=bool(found), replaces=keys_with(found, Change.REPLACES))

    def create(self, props: Props) -> CreateResult:
        return CreateResult(props["branch_id"], self._renewed(props, None))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        return UpdateResult(self._renewed(_news, _olds["set_at"]))

    def read(self, id_: str, props: Props) -> ReadResult:
        """The time stays that of the state: Neon's may move for other reasons, and strings are read by themselves."""
        inputs = {key: props[key] for key in PASSWORD_RULES if key in props}
        with self._reader() as client:
            try:
                client.role(props["project_id"], id_, props["role"])
            except NeonNotFound:
                return self._gone(client, props["project_id"])
        return ReadResult(id_, {**inputs, "set_at": props["set_at"]})

    def _renewed(self, props: Props, recorded: str | None) -> Props:
        with self._client() as client:
            set_at = ensure_password(client, _spec(props), recorded)
        return {**without_provider(props), "set_at": set_at}


def _spec(props: Props) -> PasswordSpec:
    return PasswordSpec(**{key: props[key] for key in PASSWORD_RULES if key in props})
