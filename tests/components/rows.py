"""One case for each row of the tables of what a changed input means, and where to see in Neon what it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from neon.masking import ANONYMIZED
from tests.components.place import MASKED, ROLE, RULE, Kept, Place, Props
from tests.localcloud.neon.driver import eventually, run_sql

Holds = Callable[[Place, Kept, Kept], bool]
Inputs = Callable[[Place], Props]


def nothing(_place: Place) -> Props:
    return {}


def the_same(_place: Place, before: Kept, after: Kept) -> bool:
    return after == before


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``row`` is the input that changes. The resource is made with ``made``, something is done ``by_hand``, a refresh
    finds ``state``, the inputs become ``to``; ``holds`` looks at Neon, and at what the state said before and says now.
    """

    table: str
    row: str
    to: Inputs
    made: Inputs = nothing
    by_hand: Callable[[Place, str], object] = field(default=lambda _place, _branch: None)
    state: Mapping[str, Any] = field(default_factory=dict)
    holds: Holds = the_same

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


def on(table: str, row: str, value: object, **more: Any) -> Case:
    return Case(table=table, row=row, to=lambda _: {row: value}, **more)


def shows(name: str, value: object) -> Holds:
    return lambda place, before, after: place.project.show(before.id)[name] == value and after.id == before.id


def holds_rows(*rows: int) -> Holds:
    """Whether the branch that the state tells of now has these rows, and somebody can read them."""
    return lambda place, _, after: place.rows(after) == list(rows)


def ends_in_a_day(place: Place, _: Kept, after: Kept) -> bool:
    return bool(86280 < place.project.show(after.id)["ttl_interval_seconds"] <= 86400)


def resized(place: Place, _: Kept, after: Kept) -> bool:
    endpoint = place.endpoint(after.id)
    return (endpoint["autoscaling_limit_min_cu"], endpoint["autoscaling_limit_max_cu"]) == (1, 2)


def keeps_its_mark(place: Place, before: Kept, after: Kept) -> bool:
    return bool(place.mark(after.id) == before.outputs["mark"] == after.outputs["mark"])


def as_it_was_copied(place: Place, before: Kept, after: Kept) -> bool:
    return place.rows(after) == [1, 2] and bool(place.project.show(after.id)["name"] == "staging")


def remove_endpoint(place: Place, branch: str) -> None:
    place.project.do("DELETE", f"/endpoints/{place.endpoint(branch)['id']}")


def write(place: Place, branch: str) -> None:
    place.project.sql(branch, "INSERT INTO visits VALUES (3)")


def renew_password(place: Place, branch: str) -> None:
    place.project.do("POST", f"/branches/{branch}/roles/{ROLE['role']}/reset_password")


def masked(_place: Place) -> Props:
    return MASKED


BRANCH = [
    on("branch", "project_id", "another-project", holds=as_it_was_copied),
    on("branch", "name", "stage", holds=shows("name", "stage")),
    on("branch", "protected", True, holds=shows("protected", True)),
    on("branch", "ttl", 86400.0, holds=ends_in_a_day),
    on("branch", "compute", {"min": 1, "max": 2}, holds=resized),
    on("branch", "endpoint", "read_write", by_hand=remove_endpoint, state={"endpoint": ""}, holds=holds_rows(1, 2)),
    on("branch", "source", "another", holds=as_it_was_copied),
    on("branch", "kind", "schema-only", holds=as_it_was_copied),
    on("branch", "masking", [{**RULE, "masking_value": "1"}], made=masked, holds=holds_rows(1, 1)),
    on(
        "branch",
        "anonymization",
        ANONYMIZED,
        made=masked,
        by_hand=write,
        state={"anonymization": "error"},
        holds=holds_rows(9, 9, 9),
    ),
    on("branch", "mark", {"pulumi:name": "another"}, holds=keeps_its_mark),
    on("branch", "adopt", True, holds=as_it_was_copied),
]


def second(place: Place) -> Props:
    return {"branch_id": place.second()}


def beside(place: Place) -> Props:
    """The second branch of another project."""
    other = place.beside()
    return {"project_id": other.project.id, "branch_id": other.second()}


def reaches(*rows: int) -> Holds:
    """Whether both strings work, with these rows behind them."""

    def check(_place: Place, _before: Kept, after: Kept) -> bool:
        uris = after.outputs["database_url"], after.outputs["direct_url"]
        return all(run_sql(uri, "SELECT n FROM visits ORDER BY n") == [(row,) for row in rows] for uri in uris)

    return check


def say_who_connects(_place: Place, _before: Kept, after: Kept) -> bool:
    return all("application_name=jobs" in after.outputs[key] for key in ("database_url", "direct_url"))


STALE = {"database_url": "postgresql://stale", "direct_url": "postgresql://stale"}

CONNECTION = [
    Case(table="connection", row="project_id", to=beside, holds=reaches(1, 2, 22)),
    Case(table="connection", row="branch_id", to=second, holds=reaches(1, 2, 22)),
    on("connection", "database", "neondb", state={**STALE, "database": "dropped"}, holds=reaches(1, 2)),
    on("connection", "role", "neondb_owner", state={**STALE, "role": "dropped"}, holds=reaches(1, 2)),
    on("connection", "parameters", {"application_name": "jobs"}, holds=say_who_connects),
    on("connection", "allow_default", True, state=STALE, holds=reaches(1, 2)),
    on("connection", "anonymized", True),
    on("connection", "password_set_at", "2026-02-01T00:00:00Z", by_hand=renew_password, holds=reaches(1, 2)),
]


def in_a_second() -> str:
    """A time that nothing is as new as which is there by now: Neon's times are whole seconds."""
    begun = datetime.now(UTC).replace(microsecond=0)
    eventually("the next second", lambda: datetime.now(UTC).replace(microsecond=0) > begun)
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def fresher(_place: Place) -> Props:
    return {"fresh_after": in_a_second()}


def fresher_than(branch: Inputs) -> Inputs:
    """What makes a branch stale that is there by then; ``adopted``, for that one carries no mark."""
    return lambda place: {"adopted": True, **({"fresh_after": in_a_second()} if branch(place) else {})}


RESET = [
    Case(table="reset", row="project_id", made=fresher_than(beside), to=beside, holds=holds_rows(1, 2)),
    Case(table="reset", row="branch_id", made=fresher_than(second), to=second, holds=holds_rows(1, 2)),
    Case(table="reset", row="fresh_after", by_hand=write, to=fresher, holds=holds_rows(1, 2)),
    *(
        on("reset", row, value)
        for row, value in {
            **dict.fromkeys(("source", "database", "role"), "another"),
            "mark": {"pulumi:name": "another"},
            "keep": True,
            "adopted": True,
        }.items()
    ),
]


def has_a_password_of_its_own(place: Place, _before: Kept, after: Kept) -> bool:
    there = place.at(after)
    root = there.client.branch(there.project.id, there.project.root)
    return there.password(after.id) != there.password(root.id)


def has_a_newer_password(place: Place, before: Kept, after: Kept) -> bool:
    newer = place.role(after.id)["updated_at"] > before.outputs["set_at"]
    return bool(newer and after.outputs["set_at"] > before.outputs["set_at"])


def adopted(_place: Place) -> Props:
    return {"adopted": True}


PASSWORD = [
    Case(table="password", row="project_id", made=adopted, to=beside, holds=has_a_password_of_its_own),
    Case(table="password", row="branch_id", made=adopted, to=second, holds=has_a_password_of_its_own),
    on("password", "role", "neondb_owner", state={"role": "dropped"}, holds=has_a_password_of_its_own),
    Case(
        table="password",
        row="password_after",
        to=lambda _: {"password_after": in_a_second()},
        holds=has_a_newer_password,
    ),
    on("password", "source", "another"),
    on("password", "mark", {"pulumi:name": "another"}),
    on("password", "adopted", True),
]
