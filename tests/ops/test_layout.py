"""The environments of a project, in the order in which they are brought up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from components.settings.models import BackendSettings, EnvironmentSettings, Stage
from ops.layout import Member, chosen, in_order, read_layout
from ops.pulumi import OpsError

ROOT = Path(__file__).parents[2]


def member(stack: str, branch: str, stage: Stage, *, source: str | None = None) -> Member:
    backend = {"mode": "own"} if source is None else {"mode": "shared", "from": source}
    return Member(
        stack=stack,
        environment=EnvironmentSettings(git_branch=branch, stage=stage, owner="us"),
        backend=BackendSettings.model_validate(backend),
    )


DEV = member("dev", "main", Stage.DEVELOPMENT)
STAGING = member("staging", "staging", Stage.BETA, source="main")
PROD = member("prod", "production", Stage.PRODUCTION)


def test_development_is_first_and_production_last() -> None:
    assert in_order([PROD, STAGING, DEV]) == [DEV, STAGING, PROD]


def test_whoever_shares_a_backend_comes_after_the_one_whose_it_is() -> None:
    early = member("a", "trial", Stage.DEVELOPMENT, source="production")
    assert in_order([early, DEV, PROD]) == [PROD, early, DEV]


def test_whoever_makes_the_app_is_first() -> None:
    maker = replace(PROD, makes_app=True)
    assert in_order([DEV, STAGING, maker]) == [maker, DEV, STAGING]


def test_an_order_that_is_given_is_kept_and_one_without_a_file_is_refused() -> None:
    assert chosen([DEV, PROD, STAGING], ["staging", "dev"]) == [STAGING, DEV]
    with pytest.raises(OpsError, match=r"no Pulumi\.qa\.yaml here; there are stack files of dev, prod"):
        chosen([DEV, PROD], ["dev", "qa"])


def test_both_layouts_are_read_from_their_files() -> None:
    theirs, ours = read_layout(ROOT / "examples" / "realtechee"), read_layout(ROOT)
    assert [str(one) for one in in_order(theirs)] == [
        "dev (git branch main, a backend of its own)",
        "staging (git branch staging, the backend of main)",
        "prod (git branch production, a backend of its own)",
    ]
    assert [one.stack for one in in_order(ours)] == ["dev", "staging", "prod"]


def test_what_is_wrong_in_any_stack_file_is_told_and_an_encrypted_value_is_not(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    good = "shop:environment: {git_branch: main, stage: BETA, owner: us}"
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  {good}\n  shop:secrets: {{KEY: {{secure: abc}}}}\n")
    assert [one.stack for one in read_layout(tmp_path)] == ["dev"]
    (tmp_path / "Pulumi.bad.yaml").write_text("config:\n  shop:environment: {git_branch: x, stage: BETA}\n")
    with pytest.raises(OpsError, match=r"Pulumi\.bad\.yaml: shop:environment\.owner: is missing"):
        read_layout(tmp_path)


def test_a_stack_file_that_is_no_yaml_is_said_to_be_none_without_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / "Pulumi.bad.yaml").write_text("config:\n  shop:environment: {git_branch: x\n  shop:app: secret\n")
    with pytest.raises(OpsError, match=r"Pulumi\.bad\.yaml: cannot be read: it is no YAML, line \d") as refused:
        read_layout(tmp_path)
    assert "secret" not in str(refused.value)


def test_without_a_project_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="names no project: run it in the project's folder"):
        read_layout(tmp_path)
