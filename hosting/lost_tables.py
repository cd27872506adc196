"""Tables of a backend that an older version of its code does not have, and would take away.

What code would deploy, only its deployment tells. But a table that was made after an older build had ended is none of
that build's: the code of then did not have it, or had another one in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hosting.backend_state import describe_table, read_backend
from hosting.clients import Aws


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTable:
    """``records`` is about how many it has, as DynamoDB counts them every few hours."""

    name: str
    records: int

    def __str__(self) -> str:
        return f"{self.name} (about {self.records} records)"


def tables_made_since(aws: Aws, stack: str, moment: datetime | None) -> tuple[LostTable, ...]:
    """Those of the backend ``stack`` that were made after ``moment``; all of them where that is not known."""
    backend = read_backend(aws, stack)
    names = sorted(table.id for table in backend.tables) if backend is not None else []
    found = [table for name in names if (table := describe_table(aws, name)) is not None]
    return tuple(
        LostTable(name=one["TableName"], records=one["ItemCount"])
        for one in found
        if moment is None or one["CreationDateTime"] > moment
    )
