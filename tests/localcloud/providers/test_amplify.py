"""Apps and branches of Amplify as resources."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from localcloud.providers.values import UNKNOWN, Secret
from tests.localcloud.aws.server import Server
from tests.localcloud.providers.plugin import Plugin, line

APP = "aws:amplify/app:App"
BRANCH = "aws:amplify/branch:Branch"


@pytest.fixture
def inputs(app_id: str) -> dict[str, Any]:
    variables = {"APP_ENV": "dev", "B": "2"}
    return {"appId": app_id, "branchName": "feature/x", "stage": "BETA", "environmentVariables": variables}


@pytest.fixture
def outputs(plugin: Plugin, inputs: dict[str, Any]) -> dict[str, Any]:
    return plugin.create(BRANCH, inputs)[1]


def where(inputs: dict[str, Any]) -> dict[str, str]:
    return {"appId": inputs["appId"], "branchName": inputs["branchName"]}


def test_a_branch_is_made_as_it_is_described(plugin: Plugin, inputs: dict[str, Any], amplify: Any) -> None:
    found, outputs = plugin.create(BRANCH, {**inputs, "tags": {"owner": "a"}, "enableAutoBuild": False})
    branch = amplify.get_branch(**where(inputs))["branch"]
    assert found == f"{inputs['appId']}/feature/x"
    assert (branch["stage"], branch["enableAutoBuild"], branch["tags"]) == ("BETA", False, {"owner": "a"})
    assert branch["environmentVariables"] == inputs["environmentVariables"]
    assert outputs["arn"] == branch["branchArn"]
    assert outputs.items() >= {**inputs, "tagsAll": {"owner": "a"}, "displayName": "feature-x", "ttl": "5"}.items()


def test_a_preview_of_a_create_makes_nothing(plugin: Plugin, inputs: dict[str, Any], amplify: Any) -> None:
    found, outputs = plugin.create(BRANCH, {**inputs, "description": UNKNOWN}, preview=True)
    assert (found, outputs["arn"], outputs["description"], outputs["stage"]) == ("", UNKNOWN, UNKNOWN, "BETA")
    assert amplify.list_branches(appId=inputs["appId"])["branches"] == []


def test_a_branch_that_exists_is_not_taken_over(plugin: Plugin, inputs: dict[str, Any], outputs: Any) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(BRANCH, inputs)
    assert line(error).startswith("creating Amplify Branch (feature/x): BadRequestException: Failed to create branch.")


@pytest.mark.parametrize(
    ("change", "details", "replaces"),
    [
        ({}, {}, []),
        ({"environmentVariables": {"B": "2", "APP_ENV": "dev"}}, {}, []),
        ({"environmentVariables": {"APP_ENV": "dev", "B": "3"}}, {"environmentVariables.B": "UPDATE"}, []),
        ({"environmentVariables": {"APP_ENV": "dev"}}, {"environmentVariables.B": "DELETE"}, []),
        ({"environmentVariables": None}, {"environmentVariables": "DELETE"}, []),
        ({"environmentVariables": UNKNOWN}, {"environmentVariables": "UPDATE"}, []),
        ({"description": "new"}, {"description": "ADD"}, []),
        ({"stage": None}, {"stage": "DELETE"}, []),
        ({"branchName": "other"}, {"branchName": "UPDATE_REPLACE"}, ["branchName"]),
        ({"appId": UNKNOWN}, {"appId": "UPDATE_REPLACE"}, ["appId"]),
    ],
)
def test_a_change_of_a_branch_is_seen(
    plugin: Plugin, inputs: dict[str, Any], change: dict[str, Any], details: dict[str, str], replaces: list[str]
) -> None:
    found = plugin.diff(BRANCH, inputs, {**inputs, **change})
    kinds = {path: one.Kind.Name(one.kind) for path, one in found.detailedDiff.items()}
    assert (kinds, list(found.replaces)) == (details, replaces)
    assert found.changes == (found.DIFF_SOME if details else found.DIFF_NONE)
    assert not found.deleteBeforeReplace


def test_an_ignored_change_is_not_seen(plugin: Plugin, inputs: dict[str, Any]) -> None:
    changed = {**inputs, "description": "x", "environmentVariables": {"APP_ENV": "dev", "B": "3"}}
    found = plugin.diff(BRANCH, inputs, changed, ignore=["description", "environmentVariables.B"])
    assert found.changes == found.DIFF_NONE


def test_a_secret_in_itself_is_no_change(plugin: Plugin, inputs: dict[str, Any]) -> None:
    wrapped = {**inputs, "environmentVariables": {"APP_ENV": Secret("dev"), "B": "2"}}
    assert plugin.diff(BRANCH, inputs, wrapped).changes == 1


def test_an_update_changes_what_changed_and_leaves_the_rest(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], amplify: Any
) -> None:
    amplify.update_branch(**where(inputs), framework="by hand")
    news = {**inputs, "environmentVariables": {"APP_ENV": "prod"}, "tags": {"k": "v"}}
    updated = plugin.update(BRANCH, f"{inputs['appId']}/feature/x", inputs, news, outputs=outputs)
    branch = amplify.get_branch(**where(inputs))["branch"]
    assert branch["environmentVariables"] == {"APP_ENV": "prod"}
    assert (branch["framework"], branch["stage"], branch["tags"]) == ("by hand", "BETA", {"k": "v"})
    assert (updated["environmentVariables"], updated["tagsAll"]) == ({"APP_ENV": "prod"}, {"k": "v"})


def test_what_a_program_takes_back_goes_to_its_default(plugin: Plugin, app_id: str, amplify: Any) -> None:
    bare = {"appId": app_id, "branchName": "main"}
    more = {"description": "d", "environmentVariables": {"A": "1"}, "enableAutoBuild": False, "tags": {"k": "v"}}
    found, outputs = plugin.create(BRANCH, {**bare, **more})
    plugin.update(BRANCH, found, {**bare, **more}, bare, outputs=outputs)
    branch = amplify.get_branch(**bare)["branch"]
    assert (branch["description"], branch["environmentVariables"], branch["tags"]) == ("", {}, {})
    assert branch["enableAutoBuild"] is True


def test_a_preview_of_an_update_changes_nothing(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], amplify: Any
) -> None:
    news = {**inputs, "environmentVariables": UNKNOWN}
    expected = plugin.update(BRANCH, "x/y", inputs, news, outputs=outputs, preview=True)
    assert (expected["arn"], expected["environmentVariables"]) == (outputs["arn"], UNKNOWN)
    assert amplify.get_branch(**where(inputs))["branch"]["environmentVariables"] == inputs["environmentVariables"]


def test_a_refresh_of_an_untouched_branch_shows_nothing(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]
) -> None:
    found, live, seen = plugin.read(BRANCH, f"{inputs['appId']}/feature/x", inputs, outputs)
    assert (found, live, seen) == (f"{inputs['appId']}/feature/x", inputs, outputs)


def test_a_refresh_shows_what_was_changed_in_the_console(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], amplify: Any
) -> None:
    variables = {"APP_ENV": "hacked", "B": "2", "HOTFIX": "1"}
    amplify.update_branch(**where(inputs), environmentVariables=variables, description="by hand", enableAutoBuild=False)
    _, live, seen = plugin.read(BRANCH, f"{inputs['appId']}/feature/x", inputs, outputs)
    assert live == {
        **inputs,
        "environmentVariables": variables,
        "description": "by hand",
        "enableAutoBuild": False,
    }
    assert seen["environmentVariables"] == variables


def test_a_branch_without_a_stage_has_none_after_a_refresh(plugin: Plugin, app_id: str) -> None:
    bare = {"appId": app_id, "branchName": "main"}
    found, outputs = plugin.create(BRANCH, bare)
    assert plugin.read(BRANCH, found, bare, outputs)[1] == bare
    assert outputs["stage"] == ""


def test_what_is_gone_has_no_id(plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], amplify: Any) -> None:
    amplify.delete_branch(**where(inputs))
    assert plugin.read(BRANCH, f"{inputs['appId']}/feature/x", inputs, outputs)[0] == ""
    assert plugin.read(APP, "dnosuchapp", {"name": "x"})[0] == ""
    plugin.delete(BRANCH, f"{inputs['appId']}/feature/x", outputs)


def test_a_branch_is_imported_by_app_and_name(plugin: Plugin, inputs: dict[str, Any], outputs: Any) -> None:
    found, live, seen = plugin.read(BRANCH, f"{inputs['appId']}/feature/x")
    assert (found, live) == (f"{inputs['appId']}/feature/x", inputs)
    assert seen["arn"] == outputs["arn"]


def test_an_id_of_the_wrong_form_is_refused(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.read(BRANCH, "d123")
    assert "it has the form appId/branchName" in line(error)


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        ({"buildSpec": "x"}, "buildSpec", "has no input 'buildSpec'"),
        ({"backendEnvironmentArn": "x"}, "backendEnvironmentArn", "is not in this stand-in"),
        ({"branchName": None}, "branchName", "Missing required property"),
        ({"branchName": "a#b"}, "branchName", "must match"),
        ({"displayName": "Upper"}, "displayName", "must match"),
    ],
)
def test_an_input_that_cannot_be_is_named(plugin: Plugin, change: dict[str, Any], name: str, said: str) -> None:
    found = plugin.reasons(BRANCH, {"appId": "d1", "branchName": "main", **change})
    assert list(found) == [name]
    assert said in found[name]


def test_unknown_inputs_pass_the_check(plugin: Plugin) -> None:
    assert plugin.reasons(BRANCH, {"appId": UNKNOWN, "branchName": UNKNOWN, "displayName": UNKNOWN}) == {}


def test_an_app_keeps_its_token_to_itself(plugin: Plugin, amplify: Any) -> None:
    inputs = {"name": "app", "repository": "https://github.com/a/b", "accessToken": Secret("tok")}
    found, outputs = plugin.create(APP, inputs)
    assert outputs["accessToken"] == Secret("tok")
    assert outputs["defaultDomain"] == f"{found}.amplifyapp.com"
    _, live, seen = plugin.read(APP, found, inputs, outputs)
    assert (live, seen["accessToken"]) == (inputs, Secret("tok"))
    plugin.delete(APP, found, outputs)
    assert found not in str(amplify.list_apps())


def test_an_app_without_a_name_gets_one_and_keeps_it(plugin: Plugin) -> None:
    from localcloud.providers import wire

    first = wire.read(plugin.check(APP, {"platform": "WEB"}).inputs)
    assert first["name"].startswith("thing-")
    assert wire.read(plugin.check(APP, {"platform": "WEB_COMPUTE"}, first).inputs)["name"] == first["name"]


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"platform": "WEB"}, {"platform": "WEB_COMPUTE"}, []),
        ({"name": "a"}, {"name": "b"}, []),
        ({"description": "a"}, {"description": "b"}, []),
        ({"description": "a"}, {}, ["description"]),
        ({"iamServiceRoleArn": "a"}, {}, ["iamServiceRoleArn"]),
    ],
)
def test_only_taking_back_what_sticks_replaces_an_app(
    plugin: Plugin, old: dict[str, Any], new: dict[str, Any], replaces: list[str]
) -> None:
    assert list(plugin.diff(APP, old, new).replaces) == replaces


def test_an_app_is_imported_with_what_is_not_as_the_service_chooses(plugin: Plugin, aws: Server) -> None:
    app_id = aws.new_app(platform="WEB_COMPUTE", environmentVariables={"A": "1"})
    found, live, seen = plugin.read(APP, app_id)
    assert (found, set(live)) == (app_id, {"name", "platform", "repository", "environmentVariables"})
    assert (seen["arn"].rpartition("/")[2], seen["productionBranches"]) == (app_id, [])
