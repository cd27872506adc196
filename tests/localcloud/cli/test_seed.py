from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.errors import LocalcloudError
from localcloud.handmade import read_apps
from localcloud.home import Home
from localcloud.projects import read_project
from localcloud.salon import STATEMENTS
from localcloud.seed import Built, Seeds, made_up, read_seeds, seeds

PROJECT = {"app": {"name": "salon"}}


def database(**keys: Any) -> dict[str, Any]:
    return {"database": {"project": "data", **keys}}


def roots(*stacks: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    found = seeds({}, stacks).neon["projects"]
    return [(one["name"], one["branch"], one["database"], one["role"]) for one in found]


def apps(project: dict[str, Any], *stacks: dict[str, Any]) -> list[str]:
    return [app["name"] for app in seeds(project, stacks).aws["apps"]]


def test_the_adopted_branch_is_the_root() -> None:
    stacks = (database(branch="dev", source="trunk"), database(branch="trunk", adopt=True, database="shop", role="me"))
    assert roots(*stacks) == [("data", "trunk", "shop", "me")]


def test_without_an_adopted_branch_the_root_has_the_usual_names() -> None:
    assert roots(database(branch="staging")) == [("data", "main", "neondb", "neondb_owner")]


def test_without_an_adopted_branch_the_root_is_the_source_of_the_others() -> None:
    assert roots(database(branch="dev", source="staging"), database(branch="staging", source="trunk"))[0][1] == "trunk"


def test_an_adopted_child_is_not_the_root() -> None:
    assert roots(database(branch="dev", source="main", adopt=True))[0][1] == "main"


def test_a_stack_without_a_database_needs_no_neon_project() -> None:
    assert roots({}, {"backend": {"mode": "own"}}) == []


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        ([{}], ["salon"]),
        ([{"app": {"name": "spa"}}, {}], ["salon", "spa"]),
        ([{"app": {"id": "d123"}}], []),
        ([{"app": {"name": "salon", "create": True}}, {}], []),
        ([{"app": {"create": {"name": "salon"}}}, {}], []),
    ],
)
def test_an_app_is_seeded_when_it_is_looked_up_by_name(stacks: list[dict[str, Any]], expected: list[str]) -> None:
    assert apps(PROJECT, *stacks) == expected


def test_a_project_without_stack_files_still_has_its_app() -> None:
    assert apps(PROJECT) == ["salon"]


def test_parameters_from_the_parameter_store_get_made_up_values() -> None:
    parameters = {
        "A": {"ssm": "/team/A"},
        "B": {"ssm": "/team/B:3"},
        "C": {"stack": "shared/prod", "output": "c"},
        "D": "plain",
    }
    seeded = seeds({}, [{"parameters": parameters}, {"parameters": {"A": {"ssm": "/team/A"}}}]).aws["parameters"]
    assert [one["name"] for one in seeded] == ["/team/A", "/team/B"]
    assert seeded[0]["value"] == made_up("/team/A") != made_up("/team/B")
    assert len(made_up("/team/A")) >= 32


def test_the_data_is_a_salons_of_a_dozen_rows() -> None:
    tables = [one.split()[2] for one in STATEMENTS if one.startswith("CREATE TABLE")]
    rows = sum(one.count("\n  ('") for one in STATEMENTS if one.startswith("INSERT"))
    assert (tables, rows) == (["users", "appointments"], 12)
    assert seeds({}, [database()]).neon["projects"][0]["sql"] == list(STATEMENTS)


def test_the_files_of_a_project_are_read_with_their_own_keys_only(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        "name: salon\nconfig:\n  salon:app: {value: {name: one}}\n  database: {type: object, default: {}}\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  salon:database: {project: data}\n  aws:app: {name: two}\n")
    (tmp_path / "Pulumi.empty.yaml").write_text("")
    home = Home(root=tmp_path / "home")
    read = read_seeds(home, read_project(home, tmp_path))
    assert read.aws["apps"] == [{"name": "one"}]
    assert [one["name"] for one in read.neon["projects"]] == ["data"]


def test_what_was_made_by_hand_goes_with_the_app_that_is_looked_up_by_name() -> None:
    by_hand: list[dict[str, Any]] = [{"name": "salon", "branches": [{"name": "old"}]}, {"name": "other"}]
    found = seeds(PROJECT, [{}], Built(repository=Path("/source")), by_hand).aws["apps"]
    assert found == [
        {"name": "salon", "repository": "/source", "branches": [{"name": "old"}]},
        {"name": "other"},
    ]


def test_a_file_of_things_made_by_hand_that_holds_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "localcloud.yaml").write_text("aws: {branches: []}\nneon: {}\n")
    with pytest.raises(LocalcloudError, match=r"localcloud\.yaml must hold aws: \{apps: \[\.\.\.\]\} and nothing else"):
        read_apps(tmp_path)


def test_without_a_project_nothing_is_seeded(tmp_path: Path) -> None:
    assert read_seeds(Home(root=tmp_path), None) == Seeds(neon={"projects": []}, aws={"apps": [], "parameters": []})
