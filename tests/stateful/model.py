"""What must be true of a stack's database: its settings, the rows that there should be, verdicts on what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from components.settings.models import DatabaseSettings
from neon.kept import kept_name
from tests.stateful.neon import Seen, our_branch

Rows = frozenset[int]
Look = Mapping[str, Seen]


@dataclass(slots=True, kw_only=True)
class Model:
    """``rows`` is what our branch holds, None while there is none; nobody can read them while its database is
    ``dropped``.

    ``others`` has the rows of everybody else's branches, by id, and ``copies`` those of branches that were made from
    ours, by name: what a reset kept, and children; None for one without the database.
    """

    sources: Mapping[str, str]
    others: dict[str, Rows]
    settings: dict[str, Any]
    rows: Rows | None = None
    dropped: bool = False
    copies: dict[str, Rows | None] = field(default_factory=dict)
    resets: int = 0

    def edit(self, key: str, value: object) -> None:
        """A change in the stack file; what the settings refuse together is put right."""
        changed = {**self.settings, key: value}
        if changed["branch"] == changed["source"]:
            return
        if key == "protected" and value:
            changed["ttl"] = None
        if key == "ttl" and value:
            changed["protected"] = None
        self.settings = changed

    @property
    def readable(self) -> Rows | None:
        """What a branch holds that is made from ours now."""
        return None if self.dropped else self.rows or frozenset()

    def hold(self, rows: Rows | None) -> None:
        """Our branch is another one, or has another's data."""
        self.rows, self.dropped = rows, False

    @property
    def declared(self) -> DatabaseSettings:
        return DatabaseSettings.model_validate(self.settings)

    @property
    def source_rows(self) -> Rows:
        return self.others[self.sources[self.settings["source"]]]

    def reasons_to_refuse(self, before: Look) -> list[str]:
        """Why an up has to fail, whatever else happens."""
        ours = our_branch(before)
        named = any(one.name == self.declared.branch and not one.ours for one in before.values())
        children = children_of(before, ours)
        due = ours is not None and self.is_due(ours)
        reasons = {
            "the name is somebody else's": named,
            "it is the default branch": ours is not None and ours.default,
            "a parent cannot expire": bool(self.declared.ttl and children and ours and ours.ttl is None),
            "a protected branch is not reset": due and self._stays_protected(ours),
            "a protected branch cannot expire": bool(
                self.declared.ttl and ours and ours.ttl is None and self._stays_protected(ours)
            ),
            "its database was dropped": ours is not None and self.dropped and not due,
            "its data was kept before": bool(due and children and self._kept in {one.name for one in before.values()}),
        }
        return [reason for reason, holds in reasons.items() if holds]

    def _stays_protected(self, ours: Seen | None) -> bool:
        """What the settings say nothing of is as somebody set it."""
        declared = self.declared.protected
        return bool(declared or (declared is None and ours and ours.protected))

    def is_due(self, ours: Seen) -> bool:
        """Whether the settings ask for fresher data than a branch has."""
        wanted = self.declared.fresh_after
        return wanted is not None and datetime.fromisoformat(ours.copied_at) < datetime.fromisoformat(wanted)

    @property
    def _kept(self) -> str:
        fresh_after = self.declared.fresh_after
        return "" if fresh_after is None else kept_name(self.declared.branch, fresh_after)

    def judge_up(self, before: Look, after: Look) -> None:
        """Finds what an up must not have done, and takes over what it may have done."""
        old, ours = our_branch(before), our_branch(after)
        copy = None if old is None or ours is None else self._judge_data(before, after)
        made = {one.id for one in (copy, ours if old is None else None) if one is not None}
        assert after.keys() == before.keys() | made, "branches are gone, or there are too many"
        for one in before.values():
            if not one.ours:
                kept_the_children = copy is not None and old is not None and one.parent == old.id
                assert after[one.id].but(parent=None) == one.but(parent=None)
                assert after[one.id].parent in {one.parent, copy.id if copy and kept_the_children else one.parent}
        if old is None and ours is not None:
            self.hold(self.source_rows)

    def _judge_data(self, before: Look, after: Look) -> Seen | None:
        """Returns the branch that a reset kept the old data in."""
        old, ours = our_branch(before), our_branch(after)
        assert old is not None
        assert ours is not None
        assert ours.id == old.id
        copy = next((one for one in after.values() if one.name == self._kept and one.id not in before), None)
        if ours.copied_at == old.copied_at:
            assert copy is None
            return None
        assert self.is_due(old), "fresh data was overwritten"
        needed = bool(self.declared.keep or children_of(before, old))
        assert (copy is not None) == (needed and self._kept not in {one.name for one in before.values()})
        if copy is not None:
            self.copies[copy.name] = self.readable
        self.hold(self.source_rows)
        self.resets += 1
        return copy

    def judge_success(self, after: Look) -> None:
        """The branch is as declared."""
        ours, wanted = our_branch(after), self.declared
        assert ours is not None
        assert ours.name == wanted.branch
        assert wanted.protected in (None, ours.protected)
        assert abs((ours.ttl or 0) - (wanted.ttl or 0)) <= 120
        assert not self.is_due(ours)
        assert ours.compute is not None
        sizes = dict(zip(("min", "max", "suspend"), ours.compute, strict=True))
        asked = wanted.compute.model_dump(exclude_none=True)
        assert {key: sizes[key] for key in asked} == asked

    def judge_destroy(self, before: Look, after: Look, *, refused: bool) -> None:
        """Ours is gone with all that it held, or is still there; everything else is as it was."""
        ours = our_branch(before)
        blocked = ours is not None and (ours.protected or ours.default or bool(children_of(before, ours)))
        assert not refused or blocked
        gone = {} if ours is None or refused else {ours.id: ours}
        assert {**after, **gone} == before
        if gone:
            self.hold(None)


def children_of(seen: Look, branch: Seen | None) -> list[Seen]:
    return [one for one in seen.values() if branch is not None and one.parent == branch.id]
