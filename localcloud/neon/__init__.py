"""A stand-in for the Neon API on real PostgreSQL: `python -m localcloud.neon --state DIR`.

A connection URI that it hands out opens with psql or psycopg; a child branch starts with its parent's data; a restore
takes the source's. What it does not do is in LIMITS and what nobody told us in UNKNOWN, which are also served at
GET /_localcloud/limits and stand in localcloud/README.md.
"""

from __future__ import annotations

LIMITS: tuple[str, ...] = (
    "Routes: those listed beside this (projects, branches plain, schema-only and anonymized, endpoints, roles,"
    " databases, operations, connection_uri, restore); others answer 501.",
    "Projects are made by PUT /_localcloud/seed only, with one root branch, one role and one database.",
    "Roles and databases are those of the seed, less those that were deleted: what is made by SQL works, but is not"
    " listed, and connection_uri does not offer it; a password changed by SQL is not noticed.",
    "A role's updated_at moves with its password only: a child has its parent's, unless the parent is protected, and a"
    " restore keeps the target's password and time, whatever the source's protection.",
    "store_passwords is settled by the seed; without it reveal_password and connection_uri are 412.",
    "No point in time: parent_lsn, parent_timestamp, source_lsn and source_timestamp are refused with 501.",
    "init_source is parent-data or schema-only; archived branches are refused with 501.",
    "A schema-only branch is a copy of its source with all rows taken out, with the source's roles and passwords.",
    "Anonymized: the extension anon is not there. Some of its functions are, those in"
    " localcloud/neon/postgres/anonymizer.py, which make things up from short lists; a rule with another one is refused"
    " with 501.",
    "Anonymized: a database is masked in one transaction and by its owner. Foreign keys stay in force, so that masking"
    " a key which others refer to ends in error; rules set by SQL (SECURITY LABEL) do not work.",
    "Anonymized: it fails where the rules' SQL fails, or where the setting anonymization_fails says so.",
    "Endpoints are read_write; read_only ones, settings (of PostgreSQL, preload libraries, the pooler: pooler_enabled),"
    " passwordless_access and a move to another branch (branch_id) are refused with 501.",
    "Lists: org_id, recoverable and include_deleted are refused with 501.",
    "A pooled host leads to the same server without a pooler: sessions keep settings and prepared statements.",
    "CPU limits and suspend_timeout_seconds are checked and kept, but nothing is limited or suspended by them.",
    "restricted_actions are those of an anonymized branch, and those that PUT /_localcloud/restricted_actions sets.",
    "No history, no recovery of what was deleted, no snapshots, no quotas of time or traffic; usage counters are 0.",
    "All projects are in any organization, or in the one that the setting organization names, whose id is needed then.",
    "A branch that expired is deleted at the next request for its project, once no operation runs there.",
    "PostgreSQL 18 without OpenSSL, pgcrypto and uuid-ossp; fsync is off. A cluster has the project's database and"
    " template1 only: no database postgres, no template0.",
    "SQL connections need TLS and the host name in it (SNI): options=endpoint%3D..., direct TLS and GSS encryption are"
    " not served, and requests to cancel in plain text are ignored.",
    "The certificate is self-signed: for verify-full, take DIR/tls/cert.pem as the root certificate.",
    "The journal keeps the latest 50,000 requests.",
    "No limit of requests per second (429), and no failures (5xx) of its own accord.",
    "A seed gives the same ids and passwords to the same changes in the same order. Sizes, positions in logs, ports,"
    " request ids and the certificate are not seeded. By a clock that stands, operations last as long as their work.",
)
"""What this stand-in leaves out, one sentence each."""

UNKNOWN: tuple[str, ...] = (
    "The status of a refusal to delete a protected, default, root or parent branch, to restore a protected one, or one"
    " with children without preserve_under_name: 422 here; of an expiration that is not allowed: 400 here.",
    "Whether a role that owns a database, or a role or database of a branch without a compute, can be deleted: not here"
    " (422, 404).",
    "What a branch's parent is after it was restored from the head of another branch: that other branch here.",
    "Whether an annotation is kept by a restore (it is here), and by the branch that keeps the old state (not here).",
    "What becomes of roles and databases that only the restored branch had: they are gone here.",
    "Whether an operation is still known when its branch has been removed: it is here.",
    "Whether a root branch that is restored leaves a backup branch that cannot be deleted: it does not here.",
    "Whether a 429 says how long to wait (Retry-After), and how large a page of branches is by default: 100 here.",
    "How many protected and root branches a plan allows today: any number here, unless the settings say otherwise.",
    "Whether a schema-only branch has its source's passwords, and may be deleted like a child: both are so here.",
    "Whether other changes of the project are locked out while a branch is anonymized: they are not here.",
    "Whether a restore from a named source moves last_reset_at (it does here), and a role's updated_at (it does not"
    " here); whether a role that was copied has its parent's time (here) or the copy's; whether an archived branch can"
    " be the source of a restore (there are none here).",
    "Whether masking rules may change while they are applied (422 here), and come back exactly as sent (they do here).",
    "What anonymized_status answers for a branch of another kind: 404 here. The status of an anonymization that cannot"
    " be started: 422 here; 405 has been reported.",
    "Rules that are refused at creation leave a branch, as reported; whether it has its annotation: it has here.",
    "Whether one can make a branch from a branch that is not anonymized yet: reported, and so here; its data is the"
    " source's own.",
)
"""What could not be learnt about Neon's own service without an account, and what this stand-in does there."""
