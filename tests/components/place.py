"""A Neon project, resources of ours in it, and as much of Pulumi's engine as one changed input takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pulumi.dynamic import ResourceProvider

from components.dynamic import Change
from components.neon.branch_provider import NeonBranchProvider
from components.neon.connection_provider import NeonConnectionProvider
from components.neon.guard_provider import NeonGuardProvider
from components.neon.password_provider import NeonPasswordProvider
from components.neon.reset_provider import NeonResetProvider
from neon.branches import find_branch
from neon.client import NeonClient
from tests.localcloud.neon.driver import Json, Project

Props = dict[str, Any]
TABLE = ("CREATE TABLE visits (n integer)", "INSERT INTO visits VALUES (1), (2)")
LONG_AGO = "2026-01-01T00:00:00Z"
MARK = {"pulumi:project": "components", "pulumi:stack": "staging", "pulumi:name": "staging-database"}
RULE = {"database_name": "neondb", "schema_name": "public", "table_name": "visits", "column_name": "n"}
NINES = [{**RULE, "masking_value": "9"}]
MASKED: Props = {"kind": "anonymized", "masking": NINES, "anonymization": "anonymized"}
ROLE = {"database": "neondb", "role": "neondb_owner"}
OURS = {"source": "main", "mark": MARK, "adopted": False}

PROVIDERS: Mapping[str, ResourceProvider] = {
    "branch": NeonBranchProvider(),
    "connection": NeonConnectionProvider(),
    "reset": NeonResetProvider(),
    "password": NeonPasswordProvider(),
}
GUARD = NeonGuardProvider()
_INPUTS: Mapping[str, Props] = {
    "branch": {
        "name": "staging",
        "source": "main",
        "adopt": False,
        "protected": False,
        "ttl": None,
        "compute": {"min": 0.25, "max": 1},
        "endpoint": "read_write",
        "mark": MARK,
        **dict.fromkeys(("kind", "masking", "anonymization")),
    },
    "connection": {
        **ROLE,
        "allow_default": False,
        "anonymized": False,
        "parameters": {},
        "password_set_at": LONG_AGO,
    },
    "reset": {**ROLE, **OURS, "fresh_after": LONG_AGO, "keep": False},
    "password": {"role": ROLE["role"], **OURS, "password_after": LONG_AGO},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A resource as the state holds it."""

    kind: str
    id: str
    outputs: Props

    @property
    def provider(self) -> ResourceProvider:
        return PROVIDERS[self.kind]

    def but(self, **other: Any) -> Kept:
        return Kept(kind=self.kind, id=self.id, outputs={**self.outputs, **other})

    @property
    def inputs(self) -> Props:
        """As they were declared, or as a refresh has found them."""
        return {
            key: self.outputs[key] for key in ("project_id", "branch_id", *_INPUTS[self.kind]) if key in self.outputs
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    project: Project
    client: NeonClient

    def branch(self, **more: Any) -> Kept:
        return self._made("branch", {"project_id": self.project.id, **more})

    def on_branch(self, kind: str, branch_id: str, **more: Any) -> Kept:
        return self._made(kind, {"project_id": self.project.id, "branch_id": branch_id, **more})

    def _made(self, kind: str, more: Props) -> Kept:
        made = PROVIDERS[kind].create({**_INPUTS[kind], **more})
        return Kept(kind=kind, id=made.id, outputs=made.outs or {})

    def change(self, old: Kept, news: Props) -> tuple[Change, Kept]:
        """What an engine does with other inputs: the kind of change that it was, and what the state then holds."""
        provider = old.provider
        if provider.check(dict(old.inputs), dict(news)).failures:
            return Change.REFUSED, old
        found = provider.diff(old.id, dict(old.outputs), dict(news))
        if found.replaces:
            provider.delete(old.id, dict(old.outputs))
            made = provider.create(dict(news))
            return Change.REPLACES, Kept(kind=old.kind, id=made.id, outputs=made.outs or {})
        if found.changes:
            updated = provider.update(old.id, dict(old.outputs), dict(news))
            return Change.IN_PLACE, Kept(kind=old.kind, id=old.id, outputs=updated.outs or {})
        return Change.NOTHING, old

    def refreshed(self, old: Kept) -> Kept | None:
        """What a refresh puts into the state; None for what is gone."""
        found = old.provider.read(old.id, dict(old.outputs))
        return (
            Kept(kind=old.kind, id=found.id, outputs={**(found.outs or {}), **(found.inputs or {})})
            if found.id
            else None
        )

    def endpoint(self, branch_id: str) -> Json:
        found: Json = self.project.get(f"/branches/{branch_id}/endpoints")["endpoints"][0]
        return found

    def mark(self, branch_id: str) -> Json:
        return dict(self.project.get(f"/branches/{branch_id}")["annotation"]["value"])

    def role(self, branch_id: str) -> Json:
        return dict(self.project.get(f"/branches/{branch_id}/roles/{ROLE['role']}")["role"])

    def password(self, branch_id: str) -> str:
        return str(self.project.get(f"/branches/{branch_id}/roles/{ROLE['role']}/reveal_password")["password"])

    def rows(self, kept: Kept) -> list[int]:
        """What is in the branch that a resource is about."""
        return self.at(kept).project.rows(kept.id)

    def at(self, kept: Kept) -> Place:
        """The project that a resource is in."""
        return self if kept.outputs["project_id"] == self.project.id else self.beside()

    def beside(self) -> Place:
        """Another project; the same one each time."""
        return replace(self, project=self.project.server.seed(f"beside-{self.project.id}", *TABLE))

    def second(self) -> str:
        """The id of a second branch, with a row of its own; the same one each time."""
        found = find_branch(self.client, self.project.id, "second")
        if found is not None:
            return found.id
        made = self.project.branch("second")
        self.project.sql(made, "INSERT INTO visits VALUES (22)")
        return made

    def in_days(self, days: int) -> str:
        return (datetime.now(UTC) + timedelta(days=days)).isoformat()

    def mutations(self) -> int:
        """How many changes anybody has asked the stand-in for."""
        return sum(entry["mutating"] for entry in self.project.server.control("GET", "journal")["entries"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A place whose resources are made when they are first asked for, and then stay as they are."""

    place: Place
    kept: dict[str, Kept]

    def resource(self, kind: str) -> Kept:
        if kind not in self.kept:
            branch = kind == "branch"
            self.kept[kind] = self.place.branch() if branch else self.place.on_branch(kind, self.resource("branch").id)
        return self.kept[kind]
