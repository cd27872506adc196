"""What somebody has made by hand, for what no stack file names: `localcloud.yaml`, beside the project's Pulumi.yaml.

    aws:
      apps: [{name, environmentVariables, branches: [{name, stage, environmentVariables, backend}]}]

Its content are bodies of the parts' seed requests; the parts judge them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from localcloud.errors import LocalcloudError
from localcloud.projects import load_mapping

FILE: Final = "localcloud.yaml"

App = Mapping[str, Any]


def read_apps(project: Path) -> list[App]:
    """The apps that were made by hand; none without the file.

    Raises:
        LocalcloudError: where the file has something else.
    """
    path = project / FILE
    content = load_mapping(path) if path.is_file() else {}
    aws = content.get("aws", {})
    apps = aws.get("apps", []) if isinstance(aws, Mapping) else None
    if content.keys() - {"aws"} or not isinstance(apps, list) or not all(isinstance(app, Mapping) for app in apps):
        raise LocalcloudError(f"{path} must hold aws: {{apps: [...]}} and nothing else", status=2)
    return apps


def branches(apps: Sequence[App]) -> Iterator[str]:
    """The branches of these apps, which are branches of their repository, too."""
    for app in apps:
        yield from (str(branch.get("name", "")) for branch in app.get("branches", []))


def with_details(apps: Sequence[App], by_hand: Sequence[App]) -> list[dict[str, Any]]:
    """``apps``, each with what ``by_hand`` says of one of its name, then the others of ``by_hand``."""
    details = {app.get("name"): app for app in by_hand}
    named = {app.get("name") for app in apps}
    others = [dict(app) for app in by_hand if app.get("name") not in named]
    return [*({**app, **details.get(app.get("name"), {})} for app in apps), *others]
