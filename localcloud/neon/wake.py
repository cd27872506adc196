"""Which cluster a host name leads to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.neon import masking, status
from localcloud.neon.context import Context
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.records import Branch, Endpoint, Transition
from localcloud.neon.views import DOMAIN

CANNOT_CONNECT_NOW = "57P03"
UNKNOWN = (
    "The requested endpoint could not be found, or you don't have access to it. "
    "Please check the provided ID and try again."
)
DISABLED = "The endpoint has been disabled. Enable it using Neon API and retry."
NO_HOST = (
    "Endpoint ID is not specified: connect to <endpoint id>.neon.localhost with a client that sends the host name (SNI)"
)


class Refusal(Exception):
    """Why nobody may connect now, in words for the caller, and as PostgreSQL's code for it."""

    def __init__(self, text: str, *, code: str = "08P01") -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorman:
    """Finds the socket behind a host name; starts the server behind it if that is suspended."""

    context: Context

    def admit(self, host: str | None) -> Path:
        """The socket to connect to. Raises Refusal."""
        endpoint, branch = self._find(host)
        self._activate(endpoint)
        try:
            return self.context.clusters.ensure_running(branch.cluster)
        except PostgresError as error:
            raise Refusal(f"the compute of {endpoint.id} did not start: {error}") from None

    def still_right(self, host: str | None, socket: Path) -> bool:
        """Whether the branch did not change under a connection while it was made."""
        try:
            branch = self._find(host)[1]
        except Refusal:
            return False
        return self.context.clusters.layout.socket(branch.cluster) == socket

    def _find(self, host: str | None) -> tuple[Endpoint, Branch]:
        if host is None:
            raise Refusal(NO_HOST)
        store = self.context.store
        name = host.lower().removesuffix(f".{DOMAIN}").removesuffix("-pooler")
        with store.lock:
            endpoint = store.endpoints.get(name)
            branch = store.branch(endpoint.project_id, endpoint.branch_id) if endpoint is not None else None
        if endpoint is None or branch is None or not host.lower().endswith(f".{DOMAIN}"):
            raise Refusal(UNKNOWN)
        if endpoint.disabled:
            raise Refusal(DISABLED)
        self._refuse_unready(endpoint, branch)
        return endpoint, branch

    def _refuse_unready(self, endpoint: Endpoint, branch: Branch) -> None:
        """Also while an operation is pending: who did not wait for it learns so here and not by chance."""
        operations, now = self.context.store.operations, self.context.clock()
        for what, state in ((f"branch {branch.id}", branch.state), (f"endpoint {endpoint.id}", endpoint.state)):
            current = status.current_state(state, operations, now)
            if current in ("init", "resetting"):
                raise Refusal(f"{what} is not ready: its state is {current}. Wait until its operations are finished.")
        for action in masking.restrictions(branch, operations, now):
            if action.name == "connect-to-endpoints":
                raise Refusal(action.reason, code=CANNOT_CONNECT_NOW)

    def _activate(self, endpoint: Endpoint) -> None:
        """A connection wakes a suspended endpoint."""
        context = self.context
        now = context.clock()
        if status.current_state(endpoint.state, context.store.operations, now) != "idle":
            return
        with context.store.lock:
            known = context.store.endpoints.get(endpoint.id)
            if known is not None and not status.pending_state(known.state, context.store.operations, now):
                active = Transition(was="active", becomes="active", operation_id=None, since=now)
                context.store.commit(put=[known.model_copy(update={"state": active, "started_at": now})])
