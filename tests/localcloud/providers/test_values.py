"""The pure parts: values on the wire, marks of secrecy, differences, and the tables against the real SDK."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from pulumi.runtime import rpc
from pulumi_aws.amplify.app import AppArgs
from pulumi_aws.amplify.branch import BranchArgs
from pulumi_aws.ssm.parameter import ParameterArgs
from pulumi_command.local.command import CommandArgs

from localcloud.providers import difference, wire
from localcloud.providers.aws.amplify_tables import APP, BRANCH
from localcloud.providers.aws.parameter import TABLE as PARAMETER
from localcloud.providers.command.resource import TABLE as COMMAND
from localcloud.providers.failures import ProviderError
from localcloud.providers.table import Table
from localcloud.providers.values import UNKNOWN, Secret, has_secret, has_unknown, mark, reveal


@pytest.mark.parametrize(
    ("arguments", "table"),
    [(AppArgs, APP.table), (BranchArgs, BRANCH.table), (ParameterArgs, PARAMETER), (CommandArgs, COMMAND)],
)
def test_a_table_names_every_input_of_the_sdk(arguments: type, table: Table) -> None:
    names = {
        getattr(member.fget, "_pulumi_name", None) or rpc_name(name)
        for name, member in inspect.getmembers(arguments, lambda one: isinstance(one, property))
    }
    assert table.inputs | table.refused == names
    assert not table.inputs & table.refused


def rpc_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def test_the_constants_of_the_protocol_are_those_of_the_sdk() -> None:
    assert (
        rpc.UNKNOWN,
        rpc._special_sig_key,
        rpc._special_secret_sig,
    ) == (wire.UNKNOWN_TEXT, wire.SIGNATURE, wire.SECRET_SIGNATURE)


@pytest.mark.parametrize(
    "values",
    [
        {"text": "a", "number": 1, "half": 0.5, "yes": True, "list": [1, "a"], "map": {"k": {"l": "m"}}},
        {"secret": Secret("s"), "in": {"k": Secret({"a": 1})}, "unknown": UNKNOWN, "both": Secret(UNKNOWN)},
    ],
)
def test_values_survive_the_wire(values: dict[str, Any]) -> None:
    assert wire.read(wire.write(values)) == values


def test_nothing_is_left_out_of_a_list_and_null_is_absent() -> None:
    assert wire.read(wire.write({"a": None, "b": ["x", "y"]})) == {"b": ["x", "y"]}


def test_an_asset_is_refused() -> None:
    with pytest.raises(ProviderError, match="assets"):
        wire.read(wire.write({"a": {wire.SIGNATURE: rpc._special_asset_sig, "text": "x"}}))


def test_a_secret_does_not_show_itself() -> None:
    assert "hush" not in repr(Secret("hush"))


@pytest.mark.parametrize(
    ("value", "like", "marked"),
    [
        ("a", Secret("b"), Secret("a")),
        ("a", "b", "a"),
        ({"k": "a", "l": "b"}, {"k": Secret("x")}, {"k": Secret("a"), "l": "b"}),
        ({"k": "a"}, Secret({"k": "x"}), Secret({"k": "a"})),
        (["a", "b"], ["a", Secret("x")], Secret(["a", "b"])),
        ({"k": "a"}, None, {"k": "a"}),
    ],
)
def test_a_value_is_as_secret_as_what_it_came_from(value: Any, like: Any, marked: Any) -> None:
    assert mark(value, like) == marked
    assert reveal(marked) == value


def test_secrets_and_unknowns_are_found_at_any_depth() -> None:
    assert has_secret({"a": [{"b": Secret(1)}]})
    assert has_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not has_secret({"a": [1]})
    assert not has_unknown({"a": [Secret(1)]})


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": {}}, {}, {}),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y.z": 2}}, {'a["y.z"]': "ADD"}),
        ({"a": [1, 2]}, {"a": [1]}, {"a[1]": "DELETE"}),
        ({"a": [1]}, {"a": "x"}, {"a": "UPDATE"}),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, {"a": "UPDATE"}),
        ({"a": Secret(1)}, {"a": 1}, {}),
    ],
)
def test_differences_are_found_by_place(old: dict[str, Any], new: dict[str, Any], found: dict[str, str]) -> None:
    assert difference.changes(old, new) == found


@pytest.mark.parametrize(("path", "top"), [("a", "a"), ("a.b", "a"), ("a[0].b", "a"), ('a["x.y"]', "a")])
def test_a_place_belongs_to_a_property(path: str, top: str) -> None:
    assert difference.top(path) == top
