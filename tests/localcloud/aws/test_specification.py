"""What is read from a build specification, and what is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from localcloud.aws.builds.order import BuildError
from localcloud.aws.builds.script import script
from localcloud.aws.builds.specification import Specification, read

WHOLE = """
version: 1
backend:
  phases:
    build:
      commands:
        - npm ci
frontend:
  phases:
    postBuild:
      commands: [three]
    preBuild:
      commands:
        - one
        - |
          two
          lines
    build:
  artifacts:
    baseDirectory: .next
    files: ["**/*"]
  cache:
    paths: [node_modules/**/*]
"""


def test_phases_are_in_amplifys_order_whatever_the_files() -> None:
    found = read(WHOLE)
    assert [(phase.section, phase.name, phase.commands) for phase in found.phases] == [
        ("backend", "build", ("npm ci",)),
        ("frontend", "preBuild", ("one", "two\nlines\n")),
        ("frontend", "build", ()),
        ("frontend", "postBuild", ("three",)),
    ]
    assert (found.base_directory, found.files, found.cache) == (".next", ("**/*",), ("node_modules/**/*",))


def monorepo(root: str) -> Specification:
    frontend = {"artifacts": {"baseDirectory": "out", "files": ["*"]}}
    applications = [{"appRoot": "apps/a", "frontend": frontend}, {"appRoot": "b", "frontend": frontend}]
    return read(yaml.safe_dump({"version": 1, "applications": applications}), root)


def test_one_application_of_several_is_chosen_by_its_root() -> None:
    assert monorepo("apps/a").start == "apps/a"
    with pytest.raises(BuildError, match="no application with the appRoot c"):
        monorepo("c")
    with pytest.raises(BuildError, match="AMPLIFY_MONOREPO_APP_ROOT"):
        monorepo("")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is no YAML"),
        ("[]", "an object is expected"),
        ("test: {phases: {}}", "test is not in this stand-in"),
        ("frontend: {phases: {install: {}}, artifacts: {}}", "install is not in this stand-in"),
        ("frontend: {phases: {build: {commands: [{a: b}]}}, artifacts: {}}", "a list of texts"),
        ("frontend: {artifacts: {discard-paths: yes}}", "discard-paths is not in this stand-in"),
        ("backend: {}", "frontend.artifacts"),
    ],
)
def test_what_cannot_be_built_is_named(text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        read(text)


def test_a_command_that_ends_the_shell_does_not_pass_for_success(tmp_path: Path) -> None:
    text = yaml.safe_dump({"frontend": {"phases": {"build": {"commands": ["exit 0", "echo never"]}}, "artifacts": {}}})
    words = ["bash", "-c", script(read(text), str(tmp_path / "done"))]
    found = subprocess.run(words, capture_output=True, text=True, check=True)
    assert not (tmp_path / "done").exists()
    assert "\nnever" not in found.stdout


def test_a_value_with_quotes_and_a_failing_pipe_are_the_shells_business(tmp_path: Path) -> None:
    commands = ['a="it\'s"; echo "$a"', "false | cat", "set -e", "false"]
    text = yaml.safe_dump({"frontend": {"phases": {"build": {"commands": commands}}, "artifacts": {}}})
    words = ["bash", "-c", script(read(text), str(tmp_path / "done"))]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "\nit's\n" in found.stdout
    assert "# Executing command: false\n" in found.stdout
