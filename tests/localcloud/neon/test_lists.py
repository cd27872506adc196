"""Lists: search, order, pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from localcloud.neon.store import Store
from tests.localcloud.neon.driver import Project, Server


def names(project: Project, **query: str) -> list[str]:
    return [branch["name"] for branch in project.get("/branches", **query)["branches"]]


def test_branches_are_found_by_a_part_of_their_name_or_id(project: Project) -> None:
    dev, _ = project.branch("dev-anna", endpoint=False), project.branch("dev-bert", endpoint=False)
    assert sorted(names(project, search="dev-")) == ["dev-anna", "dev-bert"]
    assert names(project, search=dev[3:]) == ["dev-anna"]


def test_branches_are_sorted_as_asked(project: Project) -> None:
    for name in ("b", "c", "a"):
        project.branch(name, endpoint=False)
    assert names(project, sort_by="name", sort_order="asc") == ["a", "b", "c", "main"]
    assert names(project, sort_by="created_at") == ["a", "c", "b", "main"]


def test_pages_of_branches_follow_each_other_without_gap_or_repetition(project: Project) -> None:
    for name in ("b", "c", "a"):
        project.branch(name, endpoint=False)
    seen, query = list[str](), {"limit": "2", "sort_by": "name", "sort_order": "desc"}
    while True:
        page = project.get("/branches", **query)
        seen += [branch["name"] for branch in page["branches"]]
        if "next" not in page["pagination"]:
            break
        query["cursor"] = page["pagination"]["next"]
    assert seen == ["main", "c", "b", "a"]


def test_a_cursor_of_another_list_is_refused(project: Project) -> None:
    project.branch("a", endpoint=False)
    cursor = project.get("/branches", limit="1")["pagination"]["next"]
    assert project.call("GET", "/branches", params={"cursor": cursor, "sort_by": "name"}).status_code == 400
    assert project.call("GET", "/branches", params={"cursor": "nonsense"}).status_code == 400


def test_projects_are_listed_in_pages_and_found_by_name(server: Server, project: Project) -> None:
    other = server.seed(f"other-of-{project.id}")
    seen, query = list[str](), {"limit": "1"}
    while projects := (page := server.call("GET", "/projects", params=query).json())["projects"]:
        seen += [found["id"] for found in projects]
        query["cursor"] = page["pagination"]["cursor"]
    assert {project.id, other.id} <= set(seen)
    assert len(seen) == len(set(seen))
    found = server.call("GET", "/projects", params={"search": f"other-of-{project.id}"}).json()["projects"]
    assert [item["id"] for item in found] == [other.id]


def test_five_thousand_branches_are_listed_quickly(start_server: Callable[[], Server]) -> None:
    server = start_server()
    project = server.seed("many")
    server.stop()
    store = Store(server.state / "store.sqlite3")
    root = store.branches_of(project.id)[0]
    update = {"parent_id": root.id, "default": False, "shared": True}
    store.commit(put=[root.model_copy(update={**update, "id": f"br-{n}", "name": f"dev-{n}"}) for n in range(5000)])
    store.close()
    again = Project(start_server(), project.id, project.root)
    begun = time.monotonic()
    assert len(names(again, limit="10000")) == 5001
    assert names(again, search="dev-4999") == ["dev-4999"]
    assert time.monotonic() - begun < 5
