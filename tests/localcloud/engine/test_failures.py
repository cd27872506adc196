"""Failing providers and programs, killed engines, locks."""

from __future__ import annotations

import signal

import psutil

from tests.localcloud.engine.conftest import Toy, eventually

SLOW = 'Box("slow", slow=True)\nBox("quick")'


def test_a_failing_resource_takes_its_dependents_with_it_and_what_had_begun_is_finished(toy: Toy) -> None:
    shown = toy.up('x = Box("x", fail=True)\nBox("y", color=x.where)\nBox("quick")', code=1)
    assert shown.count("no room for x") == 1
    assert "Traceback" not in shown
    assert "y" not in toy.resources()
    assert "x" not in toy.resources()
    toy.up('x = Box("x")\nBox("y", color=x.where)\nBox("quick")')
    assert len(toy.things()) == 3


def test_a_failed_check_is_one_clear_line_and_stops_the_preview(toy: Toy) -> None:
    toy.program('Box("a", color="ugly")')
    shown = toy.run("up", "--yes", code=1)
    line = "error: pulumi-python:dynamic/toy:Box resource 'a': property color value \"ugly\" has a problem: "
    assert line + "must not be ugly" in shown
    assert "Updating" not in shown
    assert toy.deployment() == {}


def test_a_run_error_is_shown_as_its_message_and_other_exceptions_with_the_program_s_traceback(toy: Toy) -> None:
    toy.program('raise pulumi.RunError("set the region first")')
    shown = toy.run("preview", code=1)
    assert "error: set the region first" in shown
    assert "Traceback" not in shown
    toy.program("1 / 0")
    shown = toy.run("preview", code=1)
    assert "ZeroDivisionError" in shown
    assert "__main__.py" in shown
    assert "runpy" not in shown


def test_a_killed_run_leaves_a_lock_and_a_pending_creation_which_commands_name_and_clear(outside: Toy) -> None:
    outside.program(SLOW)
    running = outside.start("up", "--yes", "--skip-preview")
    eventually(
        lambda: (outside.cloud / "waiting").exists() and "quick" in outside.resources(), "the slow creation to begin"
    )
    family = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    running.communicate()
    eventually(lambda: not [p for p in family if p.is_running() and p.status() != "zombie"], "the children to end")
    pending = outside.deployment()["pending_operations"]
    assert [(op["type"], op["resource"]["urn"].rsplit("::", 1)[-1]) for op in pending] == [("creating", "slow")]
    refused = outside.run("refresh", "--yes", code=1)
    assert "the stack is currently locked by 1 lock(s)" in refused
    assert "`pulumi cancel`" in refused
    outside.run("cancel", "--yes")
    assert "slow, interrupted while creating" in outside.up('Box("quick")')
    assert "pending CREATE" in outside.run("refresh", "--yes")
    assert outside.deployment()["pending_operations"]
    outside.run("refresh", "--yes", "--clear-pending-creates")
    assert "pending_operations" not in outside.deployment()


def test_an_interrupted_run_ends_with_8_and_releases_its_lock(outside: Toy) -> None:
    outside.program(SLOW)
    running = outside.start("up", "--yes", "--skip-preview")
    eventually(lambda: (outside.cloud / "waiting").exists(), "the slow creation to begin")
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 8
    assert "cancelled" in errors
    assert not list((outside.root / "backend").rglob("locks/**/*.json"))
    assert outside.deployment()["pending_operations"]


def test_a_missing_plugin_is_named(toy: Toy) -> None:
    shown = toy.up('pulumi.CustomResource("elsewhere:index:Thing", "a", {})', code=1)
    assert "no resource plugin 'pulumi-resource-elsewhere' found on PATH" in shown


def test_a_resource_option_that_is_not_known_is_refused_by_name(toy: Toy) -> None:
    shown = toy.up('a = Box("a")\nThing("b", opts=ResourceOptions(deleted_with=a))', code=1)
    assert "DeletedWith" in shown
    assert "b" not in toy.resources()


def test_a_wrong_passphrase_is_one_message(toy: Toy) -> None:
    toy.up('export("word", pulumi.Output.secret("hush"))')
    shown = toy.run("up", "--yes", "--skip-preview", code=1, PULUMI_CONFIG_PASSPHRASE="wrong")
    assert shown.count("incorrect passphrase") == 1
    assert "Traceback" not in shown
