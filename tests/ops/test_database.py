"""A reset and a new password as commands: what they say when the up has found nothing to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops import cli as commands
from ops.pulumi import OpsError
from ops.target import read_settings
from tests.neon.scripted import Reply, branch_json, scripted

OLD, NEW = (f"postgresql://neondb_owner:{word * 8}@ep-one-1.neon.tech/neondb" for word in ("old", "new"))
DATABASE = {"project": "p-1", "branch": "staging", "source": "main"}
BEFORE = {"database_url": OLD, "last_reset_at": "2026-01-01T00:00:00Z"}


@dataclass(slots=True, kw_only=True)
class Stack:
    """Stands for a Pulumi whose outputs are ``before``, too, and whose up leaves ``after``."""

    database: dict[str, str] | None = field(default_factory=lambda: dict(DATABASE))
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    stack: str = "staging"
    ran: list[str] = field(default_factory=list)

    def run(self, *arguments: str, **_: object) -> int:
        self.ran.append(arguments[0])
        return 0

    def up(self, **_: object) -> None:
        self.ran.append("up")

    def set(self, path: str, _value: str) -> None:
        self.ran.append(path)

    def json(self, *arguments: str) -> dict[str, Any]:
        if arguments[0] != "config":
            return {**BEFORE, **self.before, **(self.after if "up" in self.ran else {})}
        sections = {"environment": {"git_branch": "staging"}, **({"database": self.database} if self.database else {})}
        return {f"shop:{key}": {"value": json.dumps(one)} for key, one in sections.items()}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stack, str], Result]:
    def command(stack: Stack, name: str) -> Result:
        monkeypatch.setattr(commands, "Pulumi", lambda **_: stack)
        return CliRunner().invoke(commands.app, [name, "staging", "--yes"])

    return command


Run = Callable[[Stack, str], Result]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("reset", "nothing was reset: by Neon's clock the data was copied after"),
        ("rotate", "the password is as it was: by Neon's clock it was set after"),
    ],
)
def test_what_an_up_did_not_do_for_the_sake_of_a_clock_is_an_error_and_not_done(run: Run, name: str, says: str) -> None:
    result = run(Stack(), name)
    assert isinstance(result.exception, OpsError)
    assert says in str(result.exception)
    assert "which is now by this machine's clock. Set that right" in str(result.exception)


@pytest.mark.parametrize("name", ["reset", "rotate"])
def test_what_an_up_has_done_is_done(run: Run, name: str) -> None:
    stack = Stack(after={"database_url": NEW, "last_reset_at": "2026-02-01T00:00:00Z"})
    result = run(stack, name)
    assert (result.exit_code, stack.ran[0], stack.ran[-1]) == (0, "preview", "up")
    assert "postgresql" not in result.output


def test_what_somebody_reset_in_the_console_before_is_not_what_the_command_did(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {"neon_project_id": "p-1", "neon_branch_id": "br-one-1"}
    reset = Reply(body={"branch": {**branch_json(), "last_reset_at": "2026-02-01T00:00:00Z"}})
    with scripted(reset, reset) as script:
        monkeypatch.setenv("NEON_API_HOST", script.host)
        monkeypatch.setenv("NEON_API_KEY", "key-for-tests")
        result = run(Stack(before=ids, after={"last_reset_at": "2026-02-01T00:00:00Z"}), "reset")
    assert "nothing was reset: by Neon's clock the data was copied after" in str(result.exception)


def test_a_branch_that_was_made_anew_has_the_data_of_now_and_nothing_to_be_reset(run: Run) -> None:
    result = run(Stack(after={"neon_branch_id": "br-new-1", "last_reset_at": ""}), "reset")
    assert result.exit_code == 0
    assert "Nothing was to be reset: the Neon branch br-new-1 was made" in result.output


@pytest.mark.parametrize("at", ["2026-02-01T00:00:00Z", None], ids=["reset", "not due"])
def test_a_branch_that_a_failed_first_up_has_made_is_not_taken_for_made_by_the_reset(
    run: Run, monkeypatch: pytest.MonkeyPatch, at: str | None
) -> None:
    ids = {"neon_project_id": "p-1", "neon_branch_id": "br-one-1"}
    projects = Reply(body={"projects": [{"id": "p-1", "name": "shop"}]})
    before, none = Reply(body={"branches": [branch_json()]}), Reply(body={"branches": []})
    after = Reply(body={"branch": {**branch_json(), "last_reset_at": at}})
    with scripted(projects, before, after, after, none) as script:
        monkeypatch.setenv("NEON_API_HOST", script.host)
        monkeypatch.setenv("NEON_API_KEY", "key-for-tests")
        result = run(Stack(before={"last_reset_at": ""}, after={**ids, "last_reset_at": at or ""}), "reset")
    assert "was made, with" not in result.output
    assert (result.exit_code, "nothing was reset" in str(result.exception)) == ((0, False) if at else (1, True))


@pytest.mark.parametrize(("name", "key"), [("reset", "last_reset_at"), ("rotate", "database_url")])
def test_one_is_not_taken_for_the_other(run: Run, name: str, key: str) -> None:
    other = {"last_reset_at": "2026-02-01T00:00:00Z", "database_url": NEW}
    assert run(Stack(after={one: value for one, value in other.items() if one != key}), name).exit_code == 1


@pytest.mark.parametrize("name", ["reset", "rotate"])
@pytest.mark.parametrize(
    ("database", "says"),
    [(None, "has no database"), ({"project": "p-1", "branch": "staging", "sources": "main"}, "sources")],
)
def test_an_environment_without_a_sound_database_is_refused_before_anything(
    run: Run, name: str, database: dict[str, str] | None, says: str
) -> None:
    stack = Stack(database=database)
    result = run(stack, name)
    assert isinstance(result.exception, OpsError)
    assert says in str(result.exception)
    assert stack.ran == []


@pytest.mark.parametrize("name", ["staging", "team/staging", "organization/shop/staging"])
def test_a_stack_by_its_full_name_is_the_same_environment(name: str) -> None:
    assert read_settings(Stack(stack=name)).identity.parameter_prefix == "/shop/staging"  # type: ignore[arg-type]
