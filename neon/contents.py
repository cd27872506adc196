"""What a copy takes from its source for its connection strings: a database, and a role to open it."""

from __future__ import annotations

from neon.client import NeonClient
from neon.errors import NeonNoDatabase
from neon.models import Branch
from neon.presence import is_there


def require_contents(client: NeonClient, source: Branch, *, database: str, role: str) -> None:
    """Raises NeonNoDatabase where the branch that is to be copied lacks the database or the role.

    A copy of it would lack them too: nothing could connect to one that is new, and what a reset overwrote would be lost
    for data that nobody can read.
    """
    asked = (
        (f"database {database!r}", lambda: client.database(source.project_id, source.id, database)),
        (f"role {role!r}", lambda: client.role(source.project_id, source.id, role)),
    )
    lacks = " and ".join(f"no {what}" for what, ask in asked if not is_there(ask))
    if lacks:
        raise NeonNoDatabase(
            f"the Neon branch {source.name!r} ({source.id}) has {lacks}, so a copy of it would have none either: make "
            "it there in Neon's console, or correct database and role in the database settings"
        )
