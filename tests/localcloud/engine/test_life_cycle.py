"""Whole runs: what becomes of resources over several updates."""

from __future__ import annotations

import json

from tests.localcloud.engine.conftest import Toy

TWO = """
a = Box("a", color="{color}", size={size})
b = Box("b", color=a.where.apply(lambda w: f"beside-{{w}}"), word=pulumi.Output.secret("hunter2"))
export("where", a.where)
export("token", a.token)
export("things", {{"x": 1, "y": [True, None]}})
"""


def test_resources_are_created_and_then_left_alone(outside: Toy) -> None:
    first = outside.up(TWO.format(color="red", size=1))
    assert "+  pulumi-python:dynamic/toy:Box  a  created" in first
    assert len(outside.things()) == 2
    again = outside.up(None, "--expect-no-changes")
    assert "3 unchanged" in again
    assert [line.split()[0] for line in outside.journal()] == ["create", "create"]


def test_a_replacement_creates_first_then_updates_dependents_and_deletes_last(toy: Toy) -> None:
    toy.up(TWO.format(color="red", size=1))
    old = toy.resources()["a"]["id"]
    toy.journal()
    toy.up(TWO.format(color="green", size=2))
    new = toy.resources()["a"]["id"]
    assert toy.journal() == ["create green", f"update beside-{old} to beside-{new}", "delete red"]
    assert len(toy.things()) == 2


def test_outputs_are_given_and_secrets_are_never_in_clear_in_the_checkpoint_nor_on_the_screen(toy: Toy) -> None:
    shown = toy.up(TWO.format(color="red", size=1))
    token = toy.run("stack", "output", "token", "--show-secrets").strip()
    assert token.startswith("token-of-")
    assert token not in toy.checkpoint() + shown
    assert "hunter2" not in toy.checkpoint() + shown
    outputs = json.loads(toy.run("stack", "output", "--json"))
    where = toy.resources()["a"]["id"]
    assert outputs == {"token": "[secret]", "where": where, "things": {"x": 1, "y": [True, None]}}
    assert toy.run("stack", "output", "where").strip() == where
    assert "does not have output property 'nope'" in toy.run("stack", "output", "nope", code=1)


def test_destroy_empties_the_stack_and_can_remove_it(toy: Toy) -> None:
    toy.up(TWO.format(color="red", size=1))
    shown = toy.run("destroy", "--yes", "--remove")
    assert "- 3 deleted" in shown
    assert toy.things() == []
    assert "no stack named 'dev' found" in toy.run("preview", code=6)


def test_destroy_touches_nothing_while_something_is_protected(toy: Toy) -> None:
    toy.up('Box("a", opts=ResourceOptions(protect=True))\nBox("b")')
    shown = toy.run("destroy", "--yes", code=1)
    urn = toy.resources()["a"]["urn"]
    assert "cannot be deleted\n    because it is protected" in shown
    assert len(toy.things()) == 2
    toy.run("state", "unprotect", urn)
    toy.run("destroy", "--yes")
    assert toy.things() == []


def test_a_preview_changes_nothing_and_counts_in_json(toy: Toy) -> None:
    toy.up(TWO.format(color="red", size=1))
    before = toy.checkpoint()
    toy.program(TWO.format(color="green", size=2))
    digest = json.loads(toy.run("preview", "--json"))
    assert digest["changeSummary"] == {"replace": 1, "same": 1, "update": 1}
    steps = {step["urn"].rsplit("::", 1)[-1]: step for step in digest["steps"]}
    assert steps["a"]["op"] == "replace"
    assert steps["a"]["replaceReasons"] == ["size"]
    assert "hunter2" not in json.dumps(digest)
    assert toy.checkpoint() == before
