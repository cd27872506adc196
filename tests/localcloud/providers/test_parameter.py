"""Parameters of SSM as resources, the provider's tags, and secrets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from localcloud.providers.values import UNKNOWN, Secret
from tests.localcloud.aws.server import Server
from tests.localcloud.providers.conftest import environment_for
from tests.localcloud.providers.plugin import Plugin, line, started

PARAMETER = "aws:ssm/parameter:Parameter"


@pytest.fixture
def inputs() -> dict[str, Any]:
    name = f"/providers/{uuid.uuid4().hex}/KEY"
    return {"name": name, "type": "SecureString", "value": Secret("s3cret"), "description": "d"}


@pytest.fixture
def outputs(plugin: Plugin, inputs: dict[str, Any]) -> dict[str, Any]:
    return plugin.create(PARAMETER, inputs)[1]


def value_of(ssm: Any, inputs: dict[str, Any]) -> tuple[str, int]:
    found = ssm.get_parameter(Name=inputs["name"], WithDecryption=True)["Parameter"]
    return found["Value"], found["Version"]


def test_a_parameter_is_made_as_it_is_described(plugin: Plugin, inputs: dict[str, Any], ssm: Any) -> None:
    found, outputs = plugin.create(PARAMETER, {**inputs, "tags": {"owner": "a"}})
    assert (found, value_of(ssm, inputs)) == (inputs["name"], ("s3cret", 1))
    assert (outputs["version"], outputs["tier"], outputs["keyId"]) == (1, "Standard", "alias/aws/ssm")
    assert outputs["tagsAll"] == {"owner": "a"}
    assert outputs["arn"].endswith(f"parameter{inputs['name']}")


def test_a_value_is_secret_whatever_the_program_says(plugin: Plugin, inputs: dict[str, Any]) -> None:
    plain = {**inputs, "value": "plain"}
    found, outputs = plugin.create(PARAMETER, plain)
    _, live, seen = plugin.read(PARAMETER, found, plain, outputs)
    assert (outputs["value"], live["value"], seen["value"]) == (Secret("plain"),) * 3


def test_a_secret_input_stays_secret_in_the_outputs(plugin: Plugin, inputs: dict[str, Any]) -> None:
    secretive = {**inputs, "description": Secret("hush"), "tags": {"k": Secret("v"), "l": "w"}}
    found, outputs = plugin.create(PARAMETER, secretive)
    assert (outputs["description"], outputs["tags"]) == (Secret("hush"), {"k": Secret("v"), "l": "w"})
    assert plugin.read(PARAMETER, found, secretive, outputs)[1]["description"] == Secret("hush")
    assert plugin.create(PARAMETER, secretive, preview=True)[1]["description"] == Secret("hush")


def test_an_insecure_value_is_not_secret(plugin: Plugin, inputs: dict[str, Any]) -> None:
    plain = {"name": inputs["name"], "type": "String", "insecureValue": "open"}
    found, outputs = plugin.create(PARAMETER, plain)
    assert outputs["insecureValue"] == "open"
    assert plugin.read(PARAMETER, found, plain, outputs)[1] == plain


def test_a_parameter_that_exists_is_not_taken_over(plugin: Plugin, inputs: dict[str, Any], outputs: Any) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(PARAMETER, {**inputs, "value": Secret("other-value")})
    text = line(error)
    assert text.startswith(f"creating SSM Parameter ({inputs['name']}): ParameterAlreadyExists")
    assert "other-value" not in text


def test_overwrite_takes_a_parameter_over_and_sets_its_tags(
    plugin: Plugin, inputs: dict[str, Any], outputs: Any, ssm: Any
) -> None:
    changed = {**inputs, "value": Secret("other"), "overwrite": True, "tags": {"k": "v"}}
    _, again = plugin.create(PARAMETER, changed)
    assert (value_of(ssm, inputs), again["tagsAll"]) == (("other", 2), {"k": "v"})


def test_an_update_makes_a_version_and_keeps_the_rest(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], ssm: Any
) -> None:
    news = {**inputs, "value": Secret("new"), "tags": {"k": "v"}}
    updated = plugin.update(PARAMETER, inputs["name"], inputs, news, outputs=outputs)
    assert value_of(ssm, inputs) == ("new", 2)
    assert (updated["version"], updated["description"], updated["value"]) == (2, "d", Secret("new"))


def test_new_tags_alone_make_no_version(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], ssm: Any
) -> None:
    updated = plugin.update(PARAMETER, inputs["name"], inputs, {**inputs, "tags": {"k": "v"}}, outputs=outputs)
    assert (updated["version"], updated["tagsAll"]) == (1, {"k": "v"})


def test_a_description_can_be_taken_back(plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    news = {name: value for name, value in inputs.items() if name != "description"}
    assert plugin.update(PARAMETER, inputs["name"], inputs, news, outputs=outputs)["description"] == ""


def test_a_version_is_unknown_while_a_change_is_previewed(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]
) -> None:
    news = {**inputs, "value": Secret(UNKNOWN)}
    expected = plugin.update(PARAMETER, inputs["name"], inputs, news, outputs=outputs, preview=True)
    assert (expected["version"], expected["arn"], expected["value"]) == (UNKNOWN, outputs["arn"], Secret(UNKNOWN))


def test_a_refresh_of_an_untouched_parameter_shows_nothing(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]
) -> None:
    assert plugin.read(PARAMETER, inputs["name"], inputs, outputs) == (inputs["name"], inputs, outputs)


def test_a_refresh_shows_a_value_changed_in_the_console(
    plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any], ssm: Any
) -> None:
    ssm.put_parameter(Name=inputs["name"], Value="by hand", Overwrite=True)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=inputs["name"], Tags=[{"Key": "k", "Value": "v"}])
    _, live, seen = plugin.read(PARAMETER, inputs["name"], inputs, outputs)
    assert live == {**inputs, "value": Secret("by hand"), "tags": {"k": "v"}}
    assert seen["version"] == 2


def test_a_parameter_is_imported_by_name(plugin: Plugin, inputs: dict[str, Any], outputs: Any) -> None:
    assert plugin.read(PARAMETER, inputs["name"])[:2] == (inputs["name"], inputs)


def test_a_deleted_parameter_is_gone(plugin: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    for _ in range(2):
        plugin.delete(PARAMETER, inputs["name"], outputs)
    assert plugin.read(PARAMETER, inputs["name"], inputs, outputs)[0] == ""


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"name": "/other"}, ["name"]),
        ({"dataType": "aws:ec2:image"}, ["dataType"]),
        ({"type": "String"}, []),
        ({"value": Secret("new")}, []),
        ({"tier": "Advanced"}, []),
    ],
)
def test_a_name_and_a_data_type_replace(plugin: Plugin, change: dict[str, Any], replaces: list[str]) -> None:
    old = {"name": "/x", "type": "SecureString", "value": Secret("v"), "dataType": "text"}
    assert list(plugin.diff(PARAMETER, old, {**old, **change}).replaces) == replaces


def test_going_back_to_the_standard_tier_replaces(plugin: Plugin) -> None:
    old = {"name": "/x", "type": "String", "value": "v", "tier": "Advanced"}
    assert list(plugin.diff(PARAMETER, old, {**old, "tier": "Standard"}).replaces) == ["tier"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"type": "Secure", "value": "v"}, "type"),
        ({"type": "String"}, "value"),
        ({"type": "String", "value": "v", "insecureValue": "v"}, "value"),
        ({"type": "SecureString", "insecureValue": "v"}, "insecureValue"),
        ({"type": "String", "value": "v", "valueWo": "v"}, "valueWo"),
        ({"type": "String", "value": "v", "policies": "v"}, "policies"),
        ({"value": "v"}, "type"),
    ],
)
def test_an_input_that_cannot_be_is_named(plugin: Plugin, given: dict[str, Any], name: str) -> None:
    assert list(plugin.reasons(PARAMETER, {"name": "/x", **given})) == [name]


@pytest.fixture(scope="module")
def tagging(aws: Server) -> Iterator[Plugin]:
    with started("aws", environment=environment_for(aws)) as plugin:
        plugin.configure(defaultTags='{"tags": {"team": "a", "env": "dev"}}')
        yield plugin


def test_default_tags_are_added_and_do_not_look_like_drift(tagging: Plugin, inputs: dict[str, Any]) -> None:
    own = {**inputs, "tags": {"env": "prod"}}
    found, outputs = tagging.create(PARAMETER, own)
    assert (outputs["tags"], outputs["tagsAll"]) == ({"env": "prod"}, {"team": "a", "env": "prod"})
    _, live, seen = tagging.read(PARAMETER, found, own, outputs)
    assert (live, seen["tagsAll"]) == (own, {"team": "a", "env": "prod"})
    assert tagging.diff(PARAMETER, own, own, outputs=outputs).changes == 1


def test_new_default_tags_reach_what_exists(tagging: Plugin, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    found = tagging.diff(PARAMETER, inputs, inputs, outputs=outputs)
    assert (list(found.diffs), found.detailedDiff["tagsAll"].inputDiff) == (["tagsAll"], False)
    updated = tagging.update(PARAMETER, inputs["name"], inputs, inputs, outputs=outputs)
    assert (updated["tagsAll"], updated["version"]) == ({"team": "a", "env": "dev"}, 1)
