"""What Neon's replies hold, as this project's own things. Pure; whatever is missing raises what Python raises."""

from __future__ import annotations

from collections.abc import Sequence

from neon.masking import MaskingRule
from neon.models import Branch, Endpoint, Json, Operation, Project
from neon.replies import Unfinished, Unfit


def projects(data: Json) -> list[Project]:
    """Raises Unfinished where Neon has not got at all of them: one of the same name may be among those."""
    unavailable = data.get("unavailable_project_ids")
    if unavailable:
        raise Unfinished(
            f"it leaves out projects that Neon could not look at in time: {', '.join(map(str, unavailable))}"
        )
    return [Project.from_api(item) for item in data["projects"]]


def branch(data: Json) -> Branch:
    return Branch.from_api(data["branch"], data.get("annotation"))


def branches(data: Json) -> list[Branch]:
    marks = data.get("annotations") or {}
    return [Branch.from_api(item, marks.get(item["id"])) for item in data["branches"]]


def masking_rules(data: Json) -> list[MaskingRule]:
    return [MaskingRule.from_api(item) for item in data["masking_rules"]]


def endpoints(data: Json) -> list[Endpoint]:
    return [Endpoint.from_api(item) for item in data["endpoints"]]


def operations(data: Json) -> list[Operation]:
    return [Operation.from_api(item) for item in data.get("operations") or []]


def nothing(_data: Json) -> None:
    """That it came is all."""


def next_cursor(data: Json, key: str, walked: Sequence[str]) -> str | None:
    """Where the next page of ``key`` begins, None after the last; ``walked`` are the cursors until now.

    Raises Unfit for one that leads back to an earlier page.
    """
    pagination = data.get("pagination") or {}
    following = str(pagination.get("next") or pagination.get("cursor") or "")
    if not following or not data[key] or following in walked[-1:]:
        return None
    if following in walked:
        raise Unfit(f"its page of {key} leads back to one that was read before")
    return following
