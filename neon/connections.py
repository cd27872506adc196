"""Connection strings, built only for an endpoint that is proven to be on the branch that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from neon.branches import read_write_endpoint
from neon.client import NeonClient
from neon.errors import NeonNoDatabase, NeonNoEndpoint, NeonNotFound, NeonRefused
from neon.kinds import require_masked
from neon.models import Branch, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSpec:
    """Which connection; ``anonymized`` says that the branch is to be one of that kind.

    ``parameters`` are added to the strings, over those that Neon sets (sslmode=require).
    """

    project_id: str
    branch_id: str
    database: str
    role: str
    allow_default: bool = False
    anonymized: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """``pooled`` goes through Neon's pooler (applications), ``direct`` does not (migrations). Both are secret."""

    endpoint_id: str
    host: str
    pooled: str = field(repr=False)
    direct: str = field(repr=False)


def connect_strings(client: NeonClient, spec: ConnectionSpec) -> Connection:
    """Both strings of a branch's read-write endpoint.

    Raises NeonRefused when the branch is the project's default one (production) and ``allow_default`` is not set, when
    it has no endpoint or is not anonymized yet, or when Neon's string points anywhere but to that endpoint;
    NeonNoDatabase where the branch lacks the database or the role.
    """
    branch = client.branch(spec.project_id, spec.branch_id)
    if branch.default and not spec.allow_default:
        raise NeonRefused(
            f"the Neon branch {branch.name!r} ({branch.id}) is the project's default branch: only production, "
            "which adopts it, may connect to it"
        )
    require_masked(client, branch, anonymized=spec.anonymized)
    endpoint = read_write_endpoint(client, spec.project_id, spec.branch_id)
    if endpoint is None:
        raise NeonNoEndpoint(f"the Neon branch {branch.name!r} ({branch.id}) has no read-write endpoint to connect to")
    try:
        strings = {pooled: _string(client, spec, endpoint, pooled=pooled) for pooled in (True, False)}
    except NeonNotFound as error:
        raise NeonNoDatabase(_lacks(branch, spec)).because_of(error) from None
    return Connection(endpoint_id=endpoint.id, host=endpoint.host, pooled=strings[True], direct=strings[False])


def _lacks(branch: Branch, spec: ConnectionSpec) -> str:
    return (
        f"the Neon branch {branch.name!r} ({branch.id}) has no database {spec.database!r}, or no role {spec.role!r}: "
        "make it in Neon's console, correct database or role, or reset the branch from one with both"
    )


def _string(client: NeonClient, spec: ConnectionSpec, endpoint: Endpoint, *, pooled: bool) -> str:
    uri = client.connection_uri(
        spec.project_id,
        branch_id=spec.branch_id,
        endpoint_id=endpoint.id,
        database=spec.database,
        role=spec.role,
        pooled=pooled,
    )
    return with_parameters(proven(uri, endpoint, branch_id=spec.branch_id, pooled=pooled), spec.parameters)


def proven(uri: str, endpoint: Endpoint, *, branch_id: str, pooled: bool) -> str:
    """``uri`` if it points to this endpoint of this branch; NeonRefused, naming hosts only, if not."""
    expected = pooled_host(endpoint.host) if pooled else endpoint.host
    host = _host(uri)
    if endpoint.branch_id != branch_id or host != expected.lower():
        raise NeonRefused(
            f"Neon's connection string for branch {branch_id} points to {host}, not to {expected}: nothing was written"
        )
    return uri


def _host(uri: str) -> str | None:
    try:
        return urlsplit(uri).hostname
    except ValueError:
        return None


def pooled_host(host: str) -> str:
    """The pooler's name for an endpoint's host: ``-pooler`` after the endpoint's id."""
    endpoint_id, dot, domain = host.partition(".")
    return f"{endpoint_id}-pooler{dot}{domain}"


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """``uri`` with query parameters set; sslmode=require stands unless they or Neon say otherwise.

    The settings refuse what is weaker, and what leads elsewhere.
    """
    parts = urlsplit(uri)
    query = {"sslmode": "require", **dict(parse_qsl(parts.query, keep_blank_values=True)), **parameters}
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))
