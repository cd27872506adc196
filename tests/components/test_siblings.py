"""Stack files that would destroy each other's branches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.settings.reading import read_draft
from components.settings.siblings import clashes, read_siblings, to_be_apart
from hosting.elsewhere import Elsewhere, as_text, from_text
from tests.components.configs import IDENTITY, VALID, config


def found(folder: Path, **changes: Any) -> list[str]:
    draft, _ = read_draft(config(**changes), "nailit")
    return [str(problem) for problem in clashes(draft, IDENTITY, read_siblings(folder, IDENTITY))]


def write(folder: Path, stack: str, git_branch: str, neon_branch: str) -> None:
    lines = [
        "config:",
        f"  nailit:environment: {{git_branch: {git_branch}}}",
        f"  nailit:database: {{project: nailit, branch: {neon_branch}}}",
    ]
    (folder / f"Pulumi.{stack}.yaml").write_text("\n".join(lines))


def test_two_stacks_on_one_branch_are_refused_and_the_other_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, "staging", "staging", "staging")
    write(tmp_path, "qa", "staging", "qa")
    write(tmp_path, "dev", "develop", "staging")
    assert [line.split(": ")[0] for line in found(tmp_path)] == [
        "nailit:database.branch",
        "nailit:environment.git_branch",
    ]
    assert "Pulumi.dev.yaml" in found(tmp_path)[0]


def test_a_neon_project_that_the_other_file_has_by_its_id_is_the_same_one(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {nailit:database: {project: p-1, branch: staging}}")
    draft, _ = read_draft(config(), "nailit")
    siblings = read_siblings(tmp_path, IDENTITY)
    assert list(clashes(draft, IDENTITY, siblings, {"nailit", "p-2"})) == []
    (problem,) = clashes(draft, IDENTITY, siblings, {"nailit", "p-1"})
    assert problem.path == "nailit:database.branch"
    assert "Pulumi.prod.yaml" in problem.text


def test_stacks_with_branches_of_their_own_do_not_clash(tmp_path: Path) -> None:
    write(tmp_path, "staging", "staging", "staging")
    write(tmp_path, "dev", "develop", "dev")
    assert found(tmp_path) == []


def test_a_stack_with_an_app_of_its_own_may_have_the_same_git_branch(tmp_path: Path) -> None:
    write(tmp_path, "prod", "staging", "main")
    (tmp_path / "Pulumi.yaml").write_text("config: {app: {value: {name: shared-by-the-others}}}")
    assert found(tmp_path) == []
    (tmp_path / "Pulumi.yaml").write_text("config: {nailit:app: {value: {name: nailit}}}")
    assert [line.split(": ")[0] for line in found(tmp_path)] == ["nailit:environment.git_branch"]


def test_two_stacks_on_one_host_name_are_refused_where_it_is_to_be_associated(tmp_path: Path) -> None:
    url = VALID["environment"]["url"]
    (tmp_path / "Pulumi.qa.yaml").write_text(f"config: {{nailit:environment: {{git_branch: qa, url: '{url}'}}}}")
    assert found(tmp_path) == []
    mine = {**VALID["environment"], "domain": True}
    assert [line.split(": ")[0] for line in found(tmp_path, environment=mine)] == ["nailit:environment.url"]


def test_production_shares_its_backend_with_nobody(tmp_path: Path) -> None:
    theirs = "config: {nailit:environment: {git_branch: main, stage: %s}}"
    shared = {"mode": "shared", "from": "main"}
    (tmp_path / "Pulumi.other.yaml").write_text(theirs % "DEVELOPMENT")
    assert found(tmp_path, backend=shared) == []
    (tmp_path / "Pulumi.other.yaml").write_text(theirs % "PRODUCTION")
    assert [line.split(": ")[0] for line in found(tmp_path, backend=shared)] == ["nailit:backend.from"]


def test_a_file_that_cannot_be_read_is_its_owners_problem(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.qa.yaml").write_text("config: [")
    assert found(tmp_path) == []


def test_what_production_must_be_apart_from_in_other_apps_is_known_by_the_stack_files(tmp_path: Path) -> None:
    def write_one(stack: str, app: str, stage: str, mode: str) -> None:
        environment = f"{{git_branch: of-{stack}, stage: {stage}}}"
        lines = [f"  nailit:{key}: {text}" for key, text in (("environment", environment), ("app", app))]
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(
            "\n".join(["config:", *lines, f"  nailit:backend: {{mode: {mode}}}"])
        )

    write_one("prod", "{create: {name: alone}}", "PRODUCTION", "own")
    write_one("second", "{name: nailit}", "PRODUCTION", "own")
    write_one("third", "{name: third}", "PRODUCTION", "none")
    write_one("dev", "{id: d9}", "DEVELOPMENT", "own")

    def apart(stage: str, app: dict[str, str]) -> tuple[Elsewhere, ...]:
        draft, _ = read_draft(config(environment={**VALID["environment"], "stage": stage}, app=app), "nailit")
        return to_be_apart(draft, read_siblings(tmp_path, IDENTITY))

    prod = Elsewhere(stack="prod", branch="of-prod", app="alone")
    assert apart("BETA", {"name": "nailit"}) == (prod,)
    found = apart("PRODUCTION", {"id": "d1"})
    second = Elsewhere(stack="second", branch="of-second", app="nailit")  # it may be d1: a look-up tells
    assert found == (Elsewhere(stack="dev", branch="of-dev", app_id="d9"), prod, second)
    assert from_text(as_text(found)) == found
