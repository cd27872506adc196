"""Life cycle of a connection: nothing in Neon is made or deleted, only read and proven."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, UpdateResult

from components.dynamic import Change, changed, keys_with, without_provider
from components.neon.differences import CONNECTION_RULES
from components.neon.provider import NeonProvider
from neon.connections import Connection, ConnectionSpec, connect_strings
from neon.errors import NeonNoDatabase, NeonNoEndpoint, NeonNotAnonymized, NeonNotFound

Props = dict[str, Any]


class NeonConnectionProvider(NeonProvider):
    """Reads a branch's connection strings. Persisted by name: do not rename or move."""

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        found = changed(CONNECTION_RULES, _olds, _news)
        if _news.get("password_set_at") is None:
            found.pop("password_set_at", None)  # who no longer declares an age has the password that there is
        return DiffResult(changes=bool(found), replaces=keys_with(found, Change.REPLACES))

    def create(self, props: Props) -> CreateResult:
        with self._client() as client:
            connection = connect_strings(client, spec_of(props))
        return CreateResult(props["branch_id"], outputs_of(connection, without_provider(props)))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        with self._client() as client:
            connection = connect_strings(client, spec_of(_news))
        return UpdateResult(outputs_of(connection, without_provider(_news)))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Gone when its branch, endpoint, role or database is, or its masking: the next up reads it, once mended."""
        inputs = {key: props[key] for key in CONNECTION_RULES if key in props}
        with self._reader() as client:
            try:
                connection = connect_strings(client, spec_of(props))
            except (NeonNotFound, NeonNoDatabase, NeonNoEndpoint, NeonNotAnonymized):
                return self._gone(client, props["project_id"])
        return ReadResult(id_, outputs_of(connection, inputs))


def spec_of(props: Props) -> ConnectionSpec:
    return ConnectionSpec(**{key: props[key] for key in CONNECTION_RULES if key in props and key != "password_set_at"})


def outputs_of(connection: Connection, inputs: Props) -> Props:
    return {
        **inputs,
        "endpoint_id": connection.endpoint_id,
        "host": connection.host,
        "database_url": connection.pooled,
        "direct_url": connection.direct,
    }
