"""What the engine decides for a resource, without processes."""

from __future__ import annotations

from dataclasses import replace

from localcloud.engine.aliases import Alias
from localcloud.engine.goals import Goal
from localcloud.engine.refresh import refresh
from localcloud.engine.values import SECRET, SIGNATURE, is_secret, secret
from tests.localcloud.engine.fakes import Stack, thing, urn


def test_a_replacement_with_the_old_first_takes_along_only_dependents_that_it_would_replace() -> None:
    stack = Stack()
    goals = [thing("root", size=1, first=True), thing("swept", size=1, from_root="a"), thing("kept", from_root="a")]
    stack.run(*goals)
    sized = thing("swept", from_root="a", size=1)
    stack.run(*goals[:1], replace(sized, property_dependencies={"size": [urn("root")]}), goals[2])
    stack.run(
        thing("root", size=2, first=True),
        replace(sized, inputs={"from_root": "b", "size": 1}, property_dependencies={"size": [urn("root")]}),
        thing("kept", from_root="b"),
    )
    assert stack.journal == ["delete swept", "delete root", "create root", "create swept", "update kept"]
    assert sorted(stack.names()) == ["kept", "root", "swept"]


def test_resources_are_created_updated_left_alone_and_deleted_in_reverse_order() -> None:
    stack = Stack()
    assert stack.run(thing("a", color="red"), thing("b", from_a="x"))
    assert stack.journal == ["create a", "create b"]
    before = stack.of("a").id
    assert stack.run(thing("a", color="blue"), thing("b", from_a="x"))
    assert (stack.journal, stack.ops["b"], stack.of("a").id) == (["update a"], "same", before)
    assert stack.run()
    assert stack.journal == ["delete b", "delete a"]


def test_a_replacement_that_died_between_deletion_and_creation_is_taken_up_again() -> None:
    stack = Stack()
    stack.run(thing("a", size=1, first=True))
    assert not stack.run(thing("a", size=2, first=True, fail=True))
    assert stack.of("a").pending_replacement
    assert stack.run(thing("a", size=2, first=True))
    assert stack.journal == ["create a"]
    assert not stack.of("a").pending_replacement


def test_what_a_replacement_left_behind_is_deleted_by_the_next_run() -> None:
    stack = Stack()
    stack.run(thing("a", size=1, stuck=True))
    assert not stack.run(thing("a", size=2))
    assert [r.delete for r in stack.state if r.name == "a"] == [False, True]
    assert stack.messages == ["it is in use"]
    stack.state = [replace(r, inputs={}) if r.delete else r for r in stack.state]
    assert stack.run(thing("a", size=2))
    assert stack.journal == ["delete a"]
    assert stack.names() == ["a"]


def test_a_protected_resource_is_neither_replaced_nor_deleted() -> None:
    stack = Stack()
    goal = replace(thing("a", size=1), protect=True)
    stack.run(goal, thing("b"))
    assert not stack.run(replace(goal, inputs={"size": 2}), thing("b"))
    assert "unable to replace resource" in stack.messages[0]
    assert not stack.run(thing("b"))
    assert "`pulumi state unprotect" in stack.messages[0]
    assert stack.journal == []
    assert stack.run(thing("a", size=1), thing("b"))
    assert stack.run()
    assert stack.state == []


def test_ignored_changes_keep_the_old_value() -> None:
    stack = Stack()
    goal = replace(thing("a", color="red", tags={"x": 1, "y": 2}), ignore_changes=("color", "tags.y"))
    stack.run(goal)
    stack.run(replace(goal, inputs={"color": "blue", "tags": {"x": 1, "y": 3}}))
    assert stack.ops == {"a": "same"}
    stack.run(replace(goal, inputs={"color": "blue", "tags": {"x": 5, "y": 3}}))
    assert stack.of("a").inputs == {"color": "red", "tags": {"x": 5, "y": 2}}


def test_replace_on_changes_turns_an_update_into_a_replacement() -> None:
    stack = Stack()
    goal = replace(thing("a", triggers=["1"]), replace_on_changes=("triggers[*]",))
    stack.run(goal)
    stack.run(replace(goal, inputs={"triggers": ["2"]}))
    assert stack.journal == ["create a", "delete a"]


def test_a_retained_resource_is_forgotten_and_not_deleted() -> None:
    stack = Stack()
    stack.run(replace(thing("a"), retain_on_delete=True))
    stack.run()
    assert stack.journal == []
    assert len(stack.cloud.things) == 1


def test_a_renamed_resource_with_an_alias_stays_and_references_follow_it() -> None:
    stack = Stack()
    stack.run(thing("old", color="red"), thing("user", from_old="x"))
    renamed = replace(thing("new", color="red"), aliases=(Alias(name="old"),))
    assert stack.run(renamed, thing("user", from_new="x"), deletes=False)
    assert stack.ops["new"] == "same"
    assert stack.of("user").dependencies == (urn("new"),)
    assert stack.names() == ["new", "user"]


def test_the_children_of_a_renamed_component_are_found_under_its_old_name() -> None:
    stack = Stack()
    old = Goal(type="toy:index:Group", name="app", custom=False)
    child = "urn:pulumi:dev::toy::toy:index:Group::app"
    stack.run(old, thing("app-box", parent=child))
    new = replace(old, type="toy:index:Team", name="crew", aliases=(Alias(type="toy:index:Group", name="app"),))
    stack.run(new, thing("crew-box", parent="urn:pulumi:dev::toy::toy:index:Team::crew"))
    assert stack.journal == []
    assert stack.of("crew-box").urn == "urn:pulumi:dev::toy::toy:index:Team$toy:index:Thing::crew-box"


def test_two_resources_of_one_name_are_refused() -> None:
    stack = Stack()
    assert not stack.run(thing("a"), thing("a"))
    assert "Duplicate resource URN" in stack.messages[0]


def test_an_existing_resource_is_imported_and_then_updated_in_one_run() -> None:
    stack = Stack()
    stack.cloud.things["found"] = {"color": "red"}
    goal = replace(thing("a", color="blue"), import_id="found")
    assert stack.run(goal)
    assert stack.journal == ["update a"]
    assert (stack.of("a").id, stack.of("a").import_id) == ("found", "found")
    assert stack.run(goal)
    assert stack.ops == {"a": "same"}
    assert not stack.run(replace(goal, name="b", import_id="missing"))
    assert stack.messages == ["resource 'missing' does not exist"]


def test_operations_are_recorded_before_they_begin_and_forgotten_when_they_end() -> None:
    stack = Stack()
    stack.run(thing("a"))
    stack.run(thing("a", color="red"))
    stack.run()
    assert [pending for pending in stack.saved if pending] == [["creating a"], ["updating a"], ["deleting a"]]
    assert stack.pending == []


def test_secret_inputs_and_declared_outputs_are_secret_in_the_state() -> None:
    stack = Stack()
    stack.run(replace(thing("a", word=secret("hush"), plain=1), additional_secret_outputs=("id",)))
    outputs = stack.of("a").outputs
    assert is_secret(outputs["word"])
    assert outputs["id"] == {SIGNATURE: SECRET, "value": "id0"}
    assert outputs["plain"] == 1


def test_protection_is_inherited_from_a_component() -> None:
    stack = Stack()
    group = Goal(type="toy:index:Group", name="g", custom=False, protect=True)
    stack.run(group, thing("a", parent="urn:pulumi:dev::toy::toy:index:Group::g"))
    assert stack.of("a").protect


def test_a_preview_decides_the_same_and_does_nothing() -> None:
    stack = Stack()
    stack.run(thing("a", size=1), thing("b"), thing("c"))
    stack.run(thing("a", size=2), thing("b", color="red"), thing("d"), preview=True)
    assert stack.ops == {"a": "delete-replaced", "b": "update", "c": "delete", "d": "create"}
    assert stack.journal == []
    assert stack.names() == ["a", "b", "c"]


def test_refresh_repairs_what_pointed_to_a_resource_that_is_gone() -> None:
    stack = Stack()
    stack.run(thing("a"), thing("b", from_a="x", after=("a",)))
    del stack.cloud.things[stack.of("a").id]
    run = stack.begin(preview=False)
    refresh(run, judge=False)
    assert [r.name for r in run.snapshot.resources()] == ["b"]
    assert run.snapshot.resources()[0].depends_on() == {"urn:pulumi:dev::toy::pulumi:providers:toy::default"}
