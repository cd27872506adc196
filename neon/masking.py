"""Masking rules of an anonymized branch, and how far its anonymization is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from neon.errors import without_credentials
from neon.models import Json

ANONYMIZED = "anonymized"
_FAILED = frozenset({"error", "initialization_error"})
# Spaces, and what is quoted with those in it.
_SPACES = re.compile(r"""('[^']*'|"[^"]*")|\s+""")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingRule:
    """What a column is overwritten with: ``function``, a call, or ``value``, a literal, both as SQL has them."""

    database: str
    schema: str
    table: str
    column: str
    function: str | None = None
    value: str | None = None

    @classmethod
    def from_api(cls, data: Json) -> MaskingRule:
        return cls(
            database=data["database_name"],
            schema=data["schema_name"],
            table=data["table_name"],
            column=data["column_name"],
            function=data.get("masking_function") or None,
            value=data.get("masking_value") or None,
        )

    def to_api(self) -> dict[str, str]:
        how = {"masking_function": self.function, "masking_value": self.value}
        return {
            "database_name": self.database,
            "schema_name": self.schema,
            "table_name": self.table,
            "column_name": self.column,
            **{key: text for key, text in how.items() if text is not None},
        }

    @property
    def place(self) -> str:
        return ".".join((self.database, self.schema, self.table, self.column))

    @property
    def expression(self) -> str:
        """What the column is set to, as far as it matters: spaces between words of SQL do not."""
        return _SPACES.sub(lambda found: found[1] or "", self.function or self.value or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanges:
    """Columns, by their whole names: ``added`` and ``removed`` rules, and those that say something else."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def rule_changes(before: Iterable[MaskingRule], after: Iterable[MaskingRule]) -> RuleChanges:
    """What has to change for ``after`` to be in force; the order of rules says nothing."""
    olds, news = ({rule.place: rule.expression for rule in rules} for rules in (before, after))
    return RuleChanges(
        added=tuple(sorted(news.keys() - olds.keys())),
        changed=tuple(sorted(place for place in news.keys() & olds.keys() if news[place] != olds[place])),
        removed=tuple(sorted(olds.keys() - news.keys())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymization:
    """How far it is: ``state`` in Neon's words, and what Neon says to it. An unknown state counts as under way.

    ``begun`` is when the last run of it began, empty for never.
    """

    state: str
    message: str
    begun: str = ""

    @classmethod
    def from_api(cls, data: Json) -> Anonymization:
        last = data.get("last_run") or {}
        return cls(
            state=str(data["state"]),
            message=without_credentials(str(data.get("status_message") or "")),
            begun=str(last.get("started_at") or ""),
        )

    @property
    def done(self) -> bool:
        return self.state == ANONYMIZED

    @property
    def failed(self) -> bool:
        return self.state in _FAILED

    @property
    def startable(self) -> bool:
        """Whether Neon lets one be started. What is ``initialized`` may also be about to start by itself."""
        return self.state in ("initialized", "error", ANONYMIZED)

    @property
    def under_way(self) -> bool:
        return not self.startable and not self.failed

    def __str__(self) -> str:
        return f"{self.state}: {self.message}" if self.message else self.state
