"""From a request to an answer, without sockets: authentication, routing, errors, journal."""

from __future__ import annotations

import hmac
import json
import sys
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from localcloud.neon import branches, errors, routes
from localcloud.neon.context import Call, Context, Json, Reply
from localcloud.neon.control import Control
from localcloud.neon.errors import ApiError
from localcloud.neon.postgres.launcher import PostgresError

CONTROL = "/_localcloud/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`target` is the path and query as they were sent; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    context: Context
    control: Control
    api_key: str

    def answer(self, request: Request) -> tuple[Reply, str]:
        """The reply, and the id that the request has in errors and in the header X-Request-ID."""
        request_id = request.headers.get("x-request-id") or str(uuid.uuid4())
        path, _, query = request.target.partition("?")
        if path.startswith(CONTROL):
            return self._guarded(
                request_id, lambda: self.control.answer(request.method, path, _query(query), request.body)
            )
        action: list[str] = []
        reply = self._guarded(request_id, lambda: self._api(request, path, query, action))
        self._note(request.method, path, reply[0].status, "".join(action))
        return reply

    def _api(self, request: Request, path: str, query: str, action: list[str]) -> Reply:
        if not path.startswith(routes.BASE + "/"):
            raise errors.not_emulated(f"{request.method} {path}")
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.api_key}".encode()):
            raise ApiError(401, "supplied credentials do not pass authentication")
        route, params = routes.find_route(request.method, path)
        action.append(route.action)
        call = Call(params=params, query=_query(query), body=request.body)
        _check(route, call)
        self._expire(params)
        return route.handler(self.context, call)

    def _expire(self, params: Mapping[str, str]) -> None:
        project = self.context.store.projects.get(params.get("project_id", ""))
        if project is not None:
            branches.remove_expired(self.context, project)

    def _guarded(self, request_id: str, answer: Callable[[], Reply]) -> tuple[Reply, str]:
        try:
            return answer(), request_id
        except ApiError as error:
            failure = error
        except PostgresError as error:
            failure = ApiError(500, f"PostgreSQL: {error}")
        except Exception:  # noqa: BLE001 a fault of this server must reach the caller as one, and the log with its place
            traceback.print_exc(file=sys.stderr)
            failure = ApiError(500, "localcloud: internal error, see the server's log")
        body: Json = {"request_id": request_id, "code": failure.code, "message": failure.message}
        return Reply(status=failure.status, body=body), request_id

    def _note(self, method: str, path: str, status: int, action: str) -> None:
        entry = {
            "time": datetime.fromtimestamp(self.context.clock(), UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "method": method,
            "path": path,
            "status": status,
            "mutating": method != "GET",
            "action": action,
        }
        self.context.store.add_to_journal(json.dumps(entry))


def _query(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in found:
            raise errors.bad_request(f"query parameter {name} is given twice")
        found[name] = value
    return found


def _check(route: routes.Route, call: Call) -> None:
    """What a route does not read, it refuses."""
    if call.query and not route.query:
        raise errors.bad_request(f"unknown query parameter: {', '.join(sorted(call.query))}")
    if call.body and route.action in routes.WITHOUT_BODY:
        raise errors.bad_request(f"{route.action} takes no request body")
