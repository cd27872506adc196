"""Stacks, configuration, and what the command line refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.engine.supported import COMMANDS
from tests.localcloud.engine.conftest import Toy


def _file(toy: Toy) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((toy.project / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    return found


def test_a_stack_is_made_once_listed_and_removed(toy: Toy) -> None:
    assert "already exists" in toy.run("stack", "init", "dev", code=1)
    assert [row["name"] for row in json.loads(toy.run("stack", "ls", "--json"))] == ["dev"]
    assert "--yes must be passed" in toy.run("stack", "rm", "dev", code=2)
    toy.run("stack", "rm", "dev", "-y")
    assert not (toy.project / "Pulumi.dev.yaml").exists()
    assert "no stack named 'dev' found" in toy.run("stack", "output", code=6)


def test_a_stack_that_is_not_there_ends_with_6(toy: Toy) -> None:
    for command in (["up", "-y"], ["preview"], ["destroy", "-y"], ["stack", "output"], ["config"], ["cancel", "-y"]):
        assert "no stack named 'nope' found" in toy.run(*command, "-s", "nope", code=6)


def test_without_consent_nothing_is_done_where_nobody_can_be_asked(toy: Toy) -> None:
    for command in ("up", "destroy", "refresh"):
        assert "--yes or --skip-preview or --preview-only must be passed in" in toy.run(command, code=2)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["up", "--target", "urn:x"], "--target"),
        (["up", "--replace=urn:x"], "--replace"),
        (["destroy", "--exclude-protected"], "--exclude-protected"),
        (["stack", "select", "dev"], "stack select"),
        (["watch"], "watch"),
        (["config", "set-all", "--plaintext", "a=b"], "config"),
        (["preview", "-y"], "-y"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(toy: Toy, arguments: list[str], named: str) -> None:
    shown = toy.run(*arguments, code=2)
    assert named in shown
    assert len(shown.splitlines()) == 1


def test_what_is_supported_is_listed_in_one_place(toy: Toy) -> None:
    listed = toy.run("supported")
    assert all(f"  {name} " in listed for name in COMMANDS)
    assert toy.run("version").strip() == "v3.260.0-embedded"


def test_values_are_set_read_and_removed(toy: Toy) -> None:
    toy.run("config", "set", "word", "hello")
    toy.run("config", "set", "aws:region", "us-west-1")
    assert toy.run("config", "get", "word").strip() == "hello"
    assert _file(toy)["config"] == {"toy:word": "hello", "aws:region": "us-west-1"}
    toy.run("config", "rm", "word")
    assert "configuration key 'word' not found for stack 'dev'" in toy.run("config", "get", "word", code=1)


def test_a_secret_inside_an_object_is_encrypted_and_opens_again(toy: Toy) -> None:
    toy.run("config", "set", "--path", "--secret", 'parameters.list[0]["a key"]', given="hush\n")
    toy.run("config", "set", "--path", "parameters.open", "true")
    assert "hush" not in (toy.project / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert json.loads(toy.run("config", "get", "parameters")) == {"list": [{"a key": "hush"}], "open": True}
    assert '"[secret]"' in toy.run("config")
    assert "hush" not in toy.run("config", "--json")
    toy.run("config", "rm", "--path", "parameters.list")
    assert json.loads(toy.run("config", "get", "parameters")) == {"open": True}


def test_a_configuration_file_elsewhere_is_used_instead_of_the_tracked_one(toy: Toy, tmp_path: Path) -> None:
    tracked = (toy.project / "Pulumi.dev.yaml").read_bytes()
    other = tmp_path / "copy.yaml"
    toy.run("config", "set", "--config-file", str(other), "--secret", "word", "hush")
    assert toy.run("config", "get", "word", "--config-file", str(other)).strip() == "hush"
    assert (toy.project / "Pulumi.dev.yaml").read_bytes() == tracked


def _declare(toy: Toy, declared: str) -> None:
    text = f"name: toy\nruntime: {{name: python}}\nconfig:\n{declared}"
    (toy.project / "Pulumi.yaml").write_text(text, encoding="utf-8")


def test_a_stack_s_object_replaces_the_project_s_as_a_whole(toy: Toy) -> None:
    _declare(toy, "  layers: {value: {a: 1, b: 2}}\n  word: {type: string, default: hello}\n  aws:region: {value: x}\n")
    assert "hello" in toy.run("config")
    toy.run("config", "set", "--path", "layers.c", "3")
    assert json.loads(toy.run("config", "get", "layers")) == {"c": 3}
    assert toy.run("config", "get", "aws:region").strip() == "x"


def test_a_declared_key_without_a_value_or_of_another_type_is_reported_before_the_program_runs(toy: Toy) -> None:
    _declare(toy, "  token: {type: string, secret: true}\n  count: {type: integer}\n")
    missing = toy.run("preview", code=1)
    assert "Stack 'dev' is missing configuration values 'count' and 'token'" in missing
    toy.run("config", "set", "token", "--secret", "x")
    toy.run("config", "set", "count", "many")
    assert "must be of type 'integer'" in toy.run("preview", code=1)
    toy.run("config", "set", "token", "--plaintext", "x")
    toy.run("config", "set", "count", "3")
    assert "must be encrypted as it's secret" in toy.run("preview", code=1)


def test_a_project_file_that_asks_for_more_is_refused_by_name(toy: Toy) -> None:
    (toy.project / "Pulumi.yaml").write_text("name: toy\nruntime: nodejs\n", encoding="utf-8")
    assert "runtime 'nodejs'" in toy.run("preview", code=2)
    (toy.project / "Pulumi.yaml").write_text("name: toy\nruntime: python\nmain: src\n", encoding="utf-8")
    assert "'main'" in toy.run("preview", code=2)


def test_another_backend_is_refused(toy: Toy) -> None:
    shown = toy.run("stack", "ls", code=2, PULUMI_BACKEND_URL="s3://bucket")
    assert "PULUMI_BACKEND_URL must be file://" in shown


def test_an_exported_state_can_be_imported_and_keeps_its_secrets(toy: Toy, tmp_path: Path) -> None:
    toy.up('Box("a", word=pulumi.Output.secret("hush"))')
    exported = toy.run("stack", "export")
    assert "hush" not in exported
    assert '"plaintext": "\\"hush\\""' in toy.run(
        "stack", "export", "--show-secrets", "--file", str(tmp_path / "s")
    ) + (tmp_path / "s").read_text(encoding="utf-8")
    toy.up("")
    toy.run("stack", "import", "--file", str(tmp_path / "s"))
    assert "a" in toy.resources()
    assert "hush" not in toy.checkpoint()


def test_state_can_be_edited_only_where_nothing_depends_on_it(toy: Toy) -> None:
    toy.up('a = Box("a")\nBox("b", color=a.where)')
    urn = toy.resources()["a"]["urn"]
    assert "depend on it" in toy.run("state", "delete", urn, "-y", code=1)
    toy.run("state", "protect", urn, "-y")
    assert toy.resources()["a"]["protect"]
    toy.run("state", "delete", toy.resources()["b"]["urn"], "-y")
    assert "because it is protected" in toy.run("state", "delete", urn, "-y", code=1)
    assert "No such resource" in toy.run("state", "delete", "urn:pulumi:dev::toy::a:b:c::d", "-y", code=1)
