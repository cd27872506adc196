"""The routes below /_localcloud/, for whoever runs the server: health, journal, settings, seed. They ask for no key."""

from __future__ import annotations

import json
from dataclasses import dataclass

from localcloud.neon import LIMITS, UNKNOWN, bodies, errors
from localcloud.neon.context import Context, Json, Reply
from localcloud.neon.routes import ROUTES
from localcloud.neon.seed import Seeder
from localcloud.neon.settings import change_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    context: Context
    seeder: Seeder

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Reply:
        """Raises ApiError: 501 for a route that is not there, 400 for what is not understood."""
        name = path.removeprefix("/_localcloud/")
        if query and name != "journal":
            raise errors.bad_request(f"unknown query parameter: {', '.join(sorted(query))}")
        match method, name:
            case "GET", "health":
                return _ok(self._health())
            case "GET", "limits":
                routes = [f"{route.method} {route.template}" for route in ROUTES]
                return _ok({"limits": list(LIMITS), "unknown": list(UNKNOWN), "routes": routes})
            case "GET", "journal":
                return _ok(self._journal(bodies.read_query(bodies.JournalQuery, query).after))
            case "GET", "settings":
                return _ok(self.context.store.settings.model_dump(mode="json"))
            case "PUT", "settings":
                return _ok(self._set(body))
            case "PUT", "seed":
                return _ok(self.seeder.seed(body))
            case "PUT", "restricted_actions":
                return _ok(self._restrict(bodies.read_body(bodies.Restrict, body)))
        raise errors.not_emulated(f"{method} {path}")

    def _health(self) -> Json:
        store = self.context.store
        counts = {"projects": len(store.projects), "branches": len(store.all_branches()), "jobs": len(store.jobs)}
        return {"ok": True, "sql_port": self.context.sql_port, "journal": store.journal_length(), **counts}

    def _journal(self, after: int) -> Json:
        return {"entries": [{"n": n, **json.loads(entry)} for n, entry in self.context.store.journal(after)]}

    def _set(self, body: bytes) -> Json:
        """Change the settings that are named; None takes a limit away."""
        try:
            given = json.loads(body)
            if not isinstance(given, dict):
                raise ValueError("no object")
        except ValueError:
            raise errors.bad_request("settings: a JSON object is needed") from None
        return change_settings(self.context.store, given).model_dump(mode="json")

    def _restrict(self, wanted: bodies.Restrict) -> Json:
        store = self.context.store
        with store.lock:
            found = [branch for branch in store.all_branches() if branch.id == wanted.branch_id]
            if not found:
                raise errors.not_found("branch")
            store.commit(put=[found[0].model_copy(update={"restricted_actions": tuple(wanted.restricted_actions)})])
        return {"branch_id": found[0].id, "restricted_actions": [a.model_dump() for a in wanted.restricted_actions]}


def _ok(body: Json) -> Reply:
    return Reply(status=200, body=body)
