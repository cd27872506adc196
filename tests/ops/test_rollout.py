"""The order of a rollout, and where it ends; what is deployed and removed is not looked at here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops import deployment, removal, rollout
from ops.builds import FORCE
from ops.cli import app
from ops.leftovers import Layout
from ops.pulumi import OpsError, Pulumi
from ops.removal import Wish

PROJECT = Path(__file__).parents[2] / "examples" / "realtechee"


@dataclass(kw_only=True)
class Done:
    """What was done instead of deployments and removals; that of ``fails`` fails."""

    fails: str = ""
    parts: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    seen: set[bool] = field(default_factory=set)
    forced: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def look(self, pulumi: Pulumi, *_words: str, env: Mapping[str, str]) -> int:
        self.looked.append(pulumi.stack)
        self.forced += [pulumi.stack] if FORCE in json.dumps(env) else []
        return 0

    def deploy(self, stack: str, options: deployment.Options) -> None:
        self.parts.append(stack)
        self.seen.add(options.seen)
        if stack == self.fails:
            raise OpsError("`pulumi up` ended with 255: see above", 255)

    def remove(self, _target: object, wish: Wish, _layout: Layout, _yes: bool) -> None:
        self.parts.append(f"removal of {', '.join(wish.legacy)}")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    found = Done()
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(deployment, "deploy", found.deploy)
    monkeypatch.setattr(Pulumi, "run", lambda pulumi, *words, env: found.look(pulumi, *words, env=env))
    monkeypatch.setattr(deployment, "_must_be_repeated", lambda pulumi: pulumi.stack == "staging")
    monkeypatch.setattr(removal, "remove", found.remove)
    monkeypatch.setattr(removal, "look", lambda *_: None)
    monkeypatch.setattr(removal, "tell_nobodys", lambda pulumi, _: found.told.append(pulumi.stack))
    monkeypatch.setattr(rollout, "find_target", lambda pulumi: pulumi)
    return found


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, ["rollout", *words], input=given)


def failure(result: Result) -> str:
    assert isinstance(result.exception, OpsError), result.output
    return str(result.exception)


def test_all_environments_come_up_in_order_and_what_is_old_goes_last(done: Done) -> None:
    result = run("--remove-legacy", "prod-v2")
    assert (result.exit_code, done.parts) == (0, ["dev", "staging", "prod", "removal of prod-v2"])
    assert (done.looked, done.seen, done.told) == ([], {False}, ["prod"])  # maybe a name was misspelt
    assert "== 2/4 staging (git branch staging, the backend of main)" in result.output


@pytest.mark.parametrize(("fails", "begun"), [("dev", 1), ("staging", 2), ("prod", 3)])
def test_nothing_after_a_failure_is_begun_and_nothing_is_removed(done: Done, fails: str, begun: int) -> None:
    done.fails = fails
    text = failure(run("--remove-legacy", "prod-v2"))
    assert done.parts == ["dev", "staging", "prod"][:begun]
    assert text.startswith(f"the rollout stopped at {fails}: `pulumi up` ended with 255")


def test_a_pause_shows_the_preview_of_each_and_asks_and_a_no_ends_it(done: Done) -> None:
    assert "stopped before prod (git branch production" in failure(run("--pause", given="y\ny\nn\n"))
    assert done.parts == ["dev", "staging"]
    assert (done.looked, done.seen) == (["dev", "staging", "prod"], {True})
    assert done.forced == ["staging"]  # as the up builds it once more, so does the preview


@pytest.mark.parametrize("more", [("--remove-legacy", "prod-v2"), ("--remove-backends",)])
def test_nothing_is_removed_where_production_is_not_among_the_environments(done: Done, more: Sequence[str]) -> None:
    assert "nothing is removed before production is verified" in failure(run("dev", "staging", *more))
    assert done.parts == []


@pytest.mark.parametrize("more", [(), ("--remove-backends",)])
def test_secrets_of_no_branch_are_not_said_to_be_removed(done: Done, more: Sequence[str]) -> None:
    assert "the branches that --remove-legacy names: name them" in failure(run("--remove-secrets", *more))
    assert done.parts == []


def test_a_branch_that_must_stay_is_told_before_anything_is_done(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OpsError("Pulumi.prod.yaml names it")

    monkeypatch.setattr(removal, "look", refuse)
    assert "Pulumi.prod.yaml names it" in failure(run("--remove-legacy", "production"))
    assert done.parts == []


def test_an_answer_that_is_missing_is_a_no(done: Done) -> None:
    stopped = run("--pause").exception
    assert isinstance(stopped, OpsError)
    assert "nothing was done" in str(stopped)
    assert done.parts == []
