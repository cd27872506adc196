"""What people do in Neon's console, one case for each row of the table of what a refresh then shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tests.components.place import MASKED, ROLE, RULE, Place
from tests.localcloud.neon.driver import Json

Hand = Callable[[Place, str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """``row`` of the table, what is done to the branch of a given id, and what the branch was made with."""

    row: str
    done: Hand = field(default=lambda _place, _branch: None)
    made: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.row


def branch(method: str, under: str = "", **body: Any) -> Hand:
    return lambda place, found: place.project.do(method, f"/branches/{found}{under}", body or None)


def compute(method: str, under: str = "", **body: Any) -> Hand:
    return lambda place, found: place.project.do(
        method, f"/endpoints/{place.endpoint(found)['id']}{under}", body or None
    )


def sizes(**changes: Any) -> Hand:
    return compute("PATCH", endpoint=changes)


def expire(place: Place, found: str) -> None:
    place.project.do("PATCH", f"/branches/{found}", {"branch": {"expires_at": place.in_days(3)}})


def restore(place: Place, found: str) -> None:
    place.project.do("POST", f"/branches/{found}/restore", {"source_branch_id": place.project.root})


def make_a_child(place: Place, found: str) -> None:
    place.project.branch("child", parent_id=found)


def set_rules(place: Place, found: str, value: str = "1") -> None:
    rules = [{**RULE, "masking_value": value}]
    place.project.do("PATCH", f"/branches/{found}/masking_rules", {"masking_rules": rules})


def mask_otherwise(place: Place, found: str) -> None:
    set_rules(place, found)
    place.project.do("POST", f"/branches/{found}/anonymize")
    place.project.masked(found)
    set_rules(place, found, "9")


def fail_to_mask(place: Place, found: str) -> None:
    place.project.server.control("PUT", "settings", {"anonymization_fails": "run"})
    place.project.do("POST", f"/branches/{found}/anonymize")
    place.project.masked(found, "error")
    place.project.server.control("PUT", "settings", {"anonymization_fails": None})


def replace_compute(place: Place, found: str) -> None:
    compute("DELETE")(place, found)
    limits = {"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 1, "suspend_timeout_seconds": 300}
    place.project.do("POST", "/endpoints", {"endpoint": {"branch_id": found, "type": "read_write", **limits}})


def told(edit: Callable[[Json], list[Json]]) -> Hand:
    """Neon tells of computes what the stand-in does not do: each that it has becomes those that ``edit`` gives."""

    def done(place: Place, _found: str) -> None:
        asked = place.client._get

        def reply(path: str, holding: str, read: Callable[[Any], Any], *more: Any, **options: Any) -> Any:
            def edited(data: Mapping[str, Any]) -> Any:
                return read({**data, "endpoints": [told for one in data["endpoints"] for told in edit(one)]})

            return asked(path, holding, edited if holding == "endpoints" else read, *more, **options)

        mock.patch.object(place.client, "_get", reply).start()

    return done


def replica(one: Json) -> list[Json]:
    return [{**one, "id": "ep-replica", "type": "read_only", "host": "ep-replica.neon.localhost"}, one]


def configured(one: Json) -> list[Json]:
    return [{**one, "settings": {"pg_settings": {"work_mem": "64MB"}}, "pooler_enabled": True}]


def used(one: Json) -> list[Json]:
    return [{**one, "last_active": "2026-03-01T00:00:00Z", "compute_release_version": "9999"}]


def write(place: Place, found: str) -> None:
    place.project.sql(found, "INSERT INTO visits SELECT generate_series(1, 50000)")


DROP_DATABASE = branch("DELETE", f"/databases/{ROLE['database']}")


def drop_role(place: Place, found: str) -> None:
    """Neon drops none that owns a database."""
    DROP_DATABASE(place, found)
    branch("DELETE", f"/roles/{ROLE['role']}")(place, found)


def add_role(place: Place, found: str) -> None:
    place.project.sql(found, "CREATE ROLE somebody")


DEEDS = [
    Deed(row="the branch is renamed", done=branch("PATCH", branch={"name": "by-hand"})),
    Deed(row="the branch is protected", done=branch("PATCH", branch={"protected": True})),
    Deed(
        row="the branch is protected, and the settings say nothing of it",
        made={"protected": None},
        done=branch("PATCH", branch={"protected": True}),
    ),
    Deed(row="the branch is given a time to live", done=expire),
    Deed(row="the branch is restored from another", done=restore),
    Deed(row="the branch is deleted", done=branch("DELETE")),
    Deed(row="the branch is made the default", done=branch("POST", "/set_as_default")),
    Deed(row="a branch is made from it", done=make_a_child),
    Deed(row="other masking rules are set", done=set_rules, made=MASKED),
    Deed(row="the data is masked by other rules, then set back", done=mask_otherwise, made=MASKED),
    Deed(row="an anonymization fails", done=fail_to_mask, made=MASKED),
    Deed(row="the compute is resized", done=sizes(autoscaling_limit_min_cu=2, autoscaling_limit_max_cu=4)),
    Deed(row="the compute's suspend time is set", done=sizes(suspend_timeout_seconds=900)),
    Deed(
        row="a size that the settings leave out is set",
        made={"compute": {"min": 0.25, "max": 1}},
        done=sizes(suspend_timeout_seconds=900),
    ),
    Deed(row="the compute is disabled", done=sizes(disabled=True)),
    Deed(row="the compute is deleted, or moved elsewhere", done=compute("DELETE")),
    Deed(row="the compute is another one", done=replace_compute),
    Deed(row="the compute is renamed", done=sizes(name="by hand")),
    Deed(row="the compute's PostgreSQL is configured", done=told(configured)),
    Deed(row="a read replica is added", done=told(replica)),
    Deed(row="the role is given a new password", done=branch("POST", f"/roles/{ROLE['role']}/reset_password")),
    Deed(row="the role is dropped", done=drop_role),
    Deed(row="the database is dropped", done=DROP_DATABASE),
    Deed(row="another role is added", done=add_role),
    Deed(row="rows are written", done=write),
    Deed(row="the compute is suspended, or starts", done=compute("POST", "/suspend")),
    Deed(row="the compute works", done=told(used)),
]
