from __future__ import annotations

import pytest

from localcloud.arguments import read_arguments
from localcloud.errors import LocalcloudError
from localcloud.planning import Making, Places, Plan, named_stack, plan

PLACES = Places(copies="COPIES", file="FILE", selects=True)


def planned(line: str, current: str | None = None) -> Plan:
    call = read_arguments(line.split())
    return plan(call, named_stack(call, current), PLACES)


@pytest.mark.parametrize(
    ("line", "words", "stack", "folder"),
    [
        ("up -s dev", ("up",), "dev", None),
        ("up -sdev", ("up",), "dev", None),
        ("up -s=dev --yes", ("up",), "dev", None),
        ("up -ys dev", ("up",), "dev", None),
        ("--stack dev up", ("up",), "dev", None),
        ("-C there --color never up --stack=dev", ("up",), "dev", "there"),
        ("up --cwd=there --yes", ("up",), None, "there"),
        ("up -m -s -s dev", ("up",), "dev", None),
        ("config set key -s dev -- -s", ("config", "set"), "dev", None),
        ("stack output url -s dev", ("stack", "output"), "dev", None),
        ("up --show-sames --skip-preview", ("up",), None, None),
        ("--version", (), None, None),
        ("", (), None, None),
    ],
)
def test_arguments_are_read_as_the_cli_does(
    line: str, words: tuple[str, ...], stack: str | None, folder: str | None
) -> None:
    call = read_arguments(line.split())
    assert (call.words, call.stack, call.folder) == (words, stack, folder)


@pytest.mark.parametrize(
    ("line", "current", "stack"),
    [
        ("up -s dev", "staging", "dev"),
        ("up", "staging", "staging"),
        ("up", None, None),
        ("stack init dev", "staging", "dev"),
        ("stack init --stack dev", "staging", "dev"),
        ("stack init", "staging", None),
        ("stack select dev", "staging", "dev"),
        ("stack select", "staging", None),
        ("stack rm", "staging", "staging"),
        ("stack rm dev --yes", "staging", "dev"),
        ("stack rename new -s dev", "staging", "dev"),
        ("stack output url", "staging", "staging"),
        ("preview -s organization/salon/dev", None, "dev"),
    ],
)
def test_the_stack_is_the_named_one_else_the_selected_one(line: str, current: str | None, stack: str | None) -> None:
    assert named_stack(read_arguments(line.split()), current) == stack


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("up -s dev --yes", ["up --config-file FILE -s dev --yes"]),
        ("-C there preview -s dev", ["preview --config-file FILE -C there -s dev"]),
        ("config -s dev", ["config --config-file FILE -s dev"]),
        ("config set -s dev key value", ["config set --config-file FILE -s dev key value"]),
        ("destroy -s dev --yes", ["destroy --config-file FILE -s dev --yes"]),
        ("destroy -s dev --remove -y", ["destroy --config-file FILE -s dev -y", "stack rm -C COPIES dev --yes"]),
        ("stack init dev", ["stack init -C COPIES dev", "stack select dev"]),
        ("-C there stack init dev", ["stack init -C COPIES dev", "stack select -C there dev"]),
        ("stack init dev --no-select", ["stack init -C COPIES dev --no-select"]),
        ("stack rm dev --yes", ["stack rm -C COPIES dev --yes"]),
        ("stack rm --yes -s dev", ["stack rm -C COPIES --yes -s dev"]),
        ("stack rename new -s dev", ["stack rename -C COPIES new -s dev", "stack select new"]),
        ("stack history -s dev --show-secrets", ["stack history -C COPIES -s dev --show-secrets"]),
        ("stack select dev --create", ["stack select dev"]),
        ("stack output -s dev url", ["stack output -s dev url"]),
        ("stack export -s dev", ["stack export -s dev"]),
        ("cancel -s dev --yes", ["cancel -s dev --yes"]),
        ("version", ["version"]),
        ("--color never version", ["version --color never"]),
        ("stack -s dev output url", ["stack output -s dev url"]),
        ("up --help -s dev", ["up --help -s dev"]),
        ("up -s dev --config-file mine", ["up -s dev --config-file mine"]),
    ],
)
def test_no_command_is_left_to_write_a_tracked_file(line: str, steps: list[str]) -> None:
    assert [" ".join(step) for step in planned(line).steps] == steps


def test_the_selected_stack_is_said_where_the_selection_is_not_seen() -> None:
    assert planned("stack rm --yes", "dev").steps == (("stack", "rm", "-C", "COPIES", "--yes", "--stack", "dev"),)


def test_a_command_without_any_stack_must_not_offer_a_choice() -> None:
    assert planned("up --yes") == Plan(steps=(("up", "--non-interactive", "--yes"),))


@pytest.mark.parametrize(
    ("line", "making"),
    [
        ("up -s dev", Making.IF_TRACKED),
        ("config get key -s dev", Making.IF_TRACKED),
        ("stack select dev", Making.IF_TRACKED),
        ("stack select dev -c", Making.ALWAYS),
        ("stack init dev", Making.NEVER),
        ("stack output -s dev", Making.NEVER),
        ("stack rm dev", Making.NEVER),
    ],
)
def test_a_stack_is_made_on_its_first_use(line: str, making: Making) -> None:
    assert planned(line).making is making


@pytest.mark.parametrize("line", ["config cp -d dev", "state move --source a --dest b", "stack migrate", "do aws:x up"])
def test_a_command_that_must_write_a_tracked_file_is_refused(line: str) -> None:
    with pytest.raises(LocalcloudError, match="would write a tracked stack file"):
        planned(line)


def test_an_engine_that_cannot_select_is_not_asked_to() -> None:
    call = read_arguments(["stack", "init", "dev"])
    assert len(plan(call, "dev", Places(copies="COPIES", file="FILE", selects=False)).steps) == 1
