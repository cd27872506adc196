"""A Pulumi project as localcloud sees it: its name, its tracked stack files, where their composed copies go."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.errors import LocalcloudError
from localcloud.facts import remembered
from localcloud.files import write_whole
from localcloud.home import PROJECT_FILE, Home

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`folder` holds Pulumi.yaml, `tracked` the stack files, `composed` (in the home) the copies that engines use."""

    name: str
    folder: Path
    tracked: Path
    composed: Path

    def tracked_file(self, stack: str) -> Path:
        """The stack's file in the repository, which is never written."""
        return self.tracked / stack_file(stack)

    def composed_file(self, stack: str) -> Path:
        """The stack's file that engines read and write."""
        return self.composed / stack_file(stack)

    def base_file(self, stack: str) -> Path:
        """The tracked file as it was at the last composition."""
        return self.composed / "base" / stack_file(stack)

    def make(self) -> None:
        """Create the folder of the copies, with a Pulumi.yaml, so that the CLI takes it for this project's.

        `pulumi stack init`, `rename` and their like know no --config-file: they are run there.
        """
        (self.composed / "base").mkdir(mode=0o700, parents=True, exist_ok=True)
        stand_in = self.composed / PROJECT_FILE
        if not stand_in.exists():
            write_whole(stand_in, f"name: {json.dumps(self.name)}\nruntime: python\n")


def stack_file(stack: str) -> str:
    """The name of a stack's file. Raises LocalcloudError for what is no stack name."""
    if not NAME.fullmatch(stack):
        raise LocalcloudError(f"{stack!r} is no stack name: letters, digits, '_', '.' and '-'", status=2)
    return f"Pulumi.{stack}.yaml"


def read_project(home: Home, folder: Path) -> Project:
    """The project of this folder. Raises LocalcloudError when Pulumi.yaml has no usable name."""
    path = folder / PROJECT_FILE
    content = remembered(home, "project", path, _read)
    name = content["name"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise LocalcloudError(f"{path}: `name` must be letters, digits, '_', '.' and '-', and is {name!r}", status=2)
    return Project(
        name=name, folder=folder, tracked=folder / (content["stackConfigDir"] or "."), composed=home.stacks / name
    )


def _read(path: Path) -> dict[str, Any]:
    content = load_mapping(path)
    return {"name": content.get("name"), "stackConfigDir": content.get("stackConfigDir")}


def load_mapping(path: Path) -> dict[str, Any]:
    """The YAML mapping in the file (empty for an empty file). Raises LocalcloudError for anything else."""
    import yaml

    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise LocalcloudError(f"{path} is not YAML: {error}", status=2) from error
    if content is not None and not isinstance(content, dict):
        raise LocalcloudError(f"{path} must hold a mapping", status=2)
    return content or {}
