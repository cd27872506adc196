"""Which stack is selected in a project's folder, and which stacks exist, as the CLI keeps it in files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from localcloud.errors import LocalcloudError
from localcloud.files import read_json
from localcloud.home import PROJECT_FILE
from localcloud.projects import Project

FILE = "file://"


def current_stack(env: Mapping[str, str], project: Project) -> str | None:
    """PULUMI_STACK, else what `pulumi stack select` chose for this folder and backend, else None."""
    if "PULUMI_STACK" in env:
        return env["PULUMI_STACK"] or None
    home = Path(env.get("PULUMI_HOME") or Path.home() / ".pulumi")
    digest = hashlib.sha1(str(project.folder / PROJECT_FILE).encode(), usedforsecurity=False).hexdigest()
    content = read_json(home / "workspaces" / f"{project.name}-{digest}-workspace.json")
    stacks = content.get("stacks") or {}
    chosen = stacks.get(env["PULUMI_BACKEND_URL"]) or content.get("stack")
    return str(chosen).rpartition("/")[2] if chosen else None


def backend_folder(env: Mapping[str, str]) -> Path:
    """The folder of the file backend. Raises LocalcloudError when Pulumi would use another kind of backend."""
    url = env.get("PULUMI_BACKEND_URL", "")
    if not url.startswith(FILE):
        raise LocalcloudError(
            "PULUMI_BACKEND_URL does not name localcloud's file backend, so this could reach real stacks: "
            "use `python -m localcloud run -- pulumi ...`",
        )
    return Path(url.removeprefix(FILE).partition("?")[0])


def stack_exists(backend: Path, project: str, stack: str) -> bool:
    """Whether the backend holds a checkpoint of this stack."""
    folder = backend / ".pulumi" / "stacks" / project
    return any((folder / f"{stack}.json{ending}").exists() for ending in ("", ".gz"))
