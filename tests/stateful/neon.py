"""What is in Neon, seen past the client and past the faults, and what a person does there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.localcloud.neon.driver import Project
from tests.stateful.declared import MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One branch; ``endpoint`` is the id of its endpoint, ``compute`` its sizes, both None without one."""

    id: str
    name: str
    parent: str | None
    default: bool
    protected: bool
    ours: bool
    copied_at: str
    ttl: int | None = field(compare=False)
    endpoint: str | None
    compute: tuple[float, float, int] | None

    def but(self, **fields: Any) -> Seen:
        return replace(self, **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neon:
    """A project with its root ``main``, and ``theirs``, a branch that nobody here may touch."""

    project: Project
    theirs: str

    def look(self) -> dict[str, Seen]:
        """All branches, by id."""
        page = self.project.get("/branches", limit="1000")
        endpoints = {one["branch_id"]: one for one in self.project.get("/endpoints")["endpoints"]}
        marks = {branch_id: mark["value"] for branch_id, mark in page["annotations"].items()}
        return {one["id"]: _seen(one, marks.get(one["id"], {}), endpoints.get(one["id"])) for one in page["branches"]}

    def rows(self, branch_id: str) -> frozenset[int]:
        return frozenset(self.project.rows(branch_id))

    def write(self, branch_id: str, row: int) -> None:
        self.project.sql(branch_id, f"INSERT INTO visits VALUES ({row})")

    def ask(self, method: str, path: str, body: object = None) -> bool:
        """A person's request in the console; returns whether Neon does it."""
        reply = self.project.call(method, path, body)
        self.project.wait()
        assert reply.status_code < 500, reply.text
        return bool(reply.ok)

    def in_days(self, days: int) -> str:
        return (datetime.now(UTC) + timedelta(days=days)).isoformat()

    def requests(self) -> list[str]:
        """The mutating requests that were accepted until now."""
        entries: list[dict[str, Any]] = self.project.server.control("GET", "journal")["entries"]
        return [entry["action"] for entry in entries if entry["mutating"] and entry["status"] < 300]

    def tidy(self) -> None:
        """Takes everything away but ``main`` and ``theirs``."""
        self.project.wait()
        self.ask("POST", f"/branches/{self.project.root}/set_as_default")
        while left := [one for one in self.look().values() if one.id not in (self.project.root, self.theirs)]:
            parents = {one.parent for one in left}
            for one in (one for one in left if one.id not in parents):
                if one.protected:
                    assert self.ask("PATCH", f"/branches/{one.id}", {"branch": {"protected": False}})
                assert self.ask("DELETE", f"/branches/{one.id}")


def _seen(branch: dict[str, Any], mark: dict[str, str], endpoint: dict[str, Any] | None) -> Seen:
    sizes = ("autoscaling_limit_min_cu", "autoscaling_limit_max_cu", "suspend_timeout_seconds")
    return Seen(
        id=branch["id"],
        name=branch["name"],
        parent=branch.get("parent_id"),
        default=branch["default"],
        protected=branch["protected"],
        ours=mark == MARK,
        copied_at=max(branch["created_at"], branch.get("last_reset_at", "")),
        ttl=branch.get("ttl_interval_seconds") if branch.get("expires_at") else None,
        endpoint=endpoint["id"] if endpoint else None,
        compute=(endpoint[sizes[0]], endpoint[sizes[1]], endpoint[sizes[2]]) if endpoint else None,
    )


def our_branch(seen: Mapping[str, Seen]) -> Seen | None:
    """The branch with our stack's mark."""
    found = [one for one in seen.values() if one.ours]
    assert len(found) <= 1, "two branches carry one mark"
    return found[0] if found else None
