"""A stand-in for the Neon API on real PostgreSQL: `python -m localcloud.neon --state DIR`.

A connection URI that it hands out opens with psql or psycopg; a child branch starts with its parent's data; a restore
takes the source's. What it does not do is in LIMITS, which is also served at GET /_localcloud/limits.
"""

from __future__ import annotations

LIMITS: tuple[str, ...] = (
    "Routes: projects, branches, endpoints, roles, databases, operations, connection_uri, restore; others answer 501.",
    "Projects are made by PUT /_localcloud/seed only, with one root branch, one role and one database.",
    "Roles and databases are those of the seed: what is made by SQL works, but is not listed, and connection_uri does"
    " not offer it; a password changed by SQL is not noticed.",
    "A role's updated_at moves with its password only: a child has its parent's, unless the parent is protected, and a"
    " restore keeps the target's password and time, whatever the source's protection.",
    "store_passwords is settled by the seed; without it reveal_password and connection_uri are 412.",
    "No point in time: parent_lsn, parent_timestamp, source_lsn and source_timestamp are refused with 501.",
    "init_source is parent-data; schema-only and archived branches are refused with 501.",
    "Endpoints are read_write; pg_settings, preload libraries, pooler settings and a move to another branch are"
    " refused with 501.",
    "A pooled host leads to the same server without a pooler: sessions keep settings and prepared statements.",
    "CPU limits and suspend_timeout_seconds are checked and kept, but nothing is limited or suspended by them.",
    "restricted_actions are empty unless PUT /_localcloud/restricted_actions sets them; they are acted on then.",
    "No history, no recovery of what was deleted, no snapshots, no quotas of time or traffic; usage counters are 0.",
    "All projects are in any organization, or in the one that the setting organization names, whose id is needed then.",
    "After a restore the branch's parent is the source, and the old state is kept only under preserve_under_name.",
    "Where Neon's reference gives no status for a refusal, it is 422 here (protected, default, root and parent"
    " branches), or 400 (expirations).",
    "A branch that expired is deleted at the next request for its project, once no operation runs there.",
    "PostgreSQL 18 without OpenSSL, pgcrypto and uuid-ossp; fsync is off. A cluster has the project's database and"
    " template1 only: no database postgres, no template0.",
    "SQL connections need TLS and the host name in it (SNI): options=endpoint%3D..., direct TLS and GSS encryption are"
    " not served, and requests to cancel in plain text are ignored.",
    "The certificate is self-signed: for verify-full, take DIR/tls/cert.pem as the root certificate.",
    "The journal keeps the latest 50,000 requests.",
    "No limit of requests per second (429), and no failures (5xx) of its own accord.",
)
