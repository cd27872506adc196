"""Amplify's build specification (amplify.yml): what of it is known here, and what it asks for. Pure functions.

Source: the build specification reference of Amplify's user guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from localcloud.aws.builds.order import BuildError

FILE: Final = "amplify.yml"
"""Its name in the root of a repository; it takes the place of what the branch or the app says."""

_PHASES: Final = ("preBuild", "build", "postBuild")
_TOP: Final = frozenset({"version", "appRoot", "backend", "frontend", "applications"})
_SECTION: Final = frozenset({"phases", "buildPath", "artifacts", "cache"})
_ARTIFACTS: Final = frozenset({"baseDirectory", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The commands of a phase of the backend's or the frontend's build."""

    section: str
    name: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What to run and what to keep. `start` is the folder in the repository that it all begins in."""

    phases: tuple[Phase, ...]
    base_directory: str
    files: tuple[str, ...]
    cache: tuple[str, ...]
    start: str = ""


def read(text: str, app_root: str = "") -> Specification:
    """The specification in a text; of several applications, that of `app_root`.

    Raises:
        BuildError: for what is malformed, and for what Amplify has and this stand-in does not.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildError("the build specification is no YAML") from error
    whole = _mapping(content, "the build specification")
    _known(whole, _TOP, "the build specification")
    if "applications" in whole:
        whole = _application(whole["applications"], app_root)
    frontend = _mapping(whole.get("frontend") or {}, "frontend")
    phases = [*_phases(whole.get("backend"), "backend"), *_phases(frontend, "frontend")]
    artifacts = _mapping(frontend.get("artifacts"), "frontend.artifacts")
    _known(artifacts, _ARTIFACTS, "frontend.artifacts")
    return Specification(
        phases=tuple(phases),
        base_directory=str(artifacts.get("baseDirectory", "")),
        files=_texts(artifacts.get("files"), "frontend.artifacts.files"),
        cache=_texts(_mapping(frontend.get("cache") or {}, "frontend.cache").get("paths"), "frontend.cache.paths"),
        start=str(frontend.get("buildPath") or whole.get("appRoot", "")).strip("/"),
    )


def _application(applications: object, app_root: str) -> Mapping[str, Any]:
    found = [_mapping(one, "applications") for one in applications] if isinstance(applications, Sequence) else []
    if not app_root:
        raise BuildError("the build specification has applications, and there is no AMPLIFY_MONOREPO_APP_ROOT")
    for one in found:
        if one.get("appRoot") == app_root:
            _known(one, _TOP - {"applications"}, f"the application {app_root}")
            return one
    raise BuildError(f"the build specification has no application with the appRoot {app_root}")


def _phases(section: object, name: str) -> Iterator[Phase]:
    if section is None:
        return
    content = _mapping(section, name)
    _known(content, _SECTION, name)
    phases = _mapping(content.get("phases") or {}, f"{name}.phases")
    _known(phases, frozenset(_PHASES), f"{name}.phases")
    for phase in _PHASES:
        if phase in phases:
            where = f"{name}.phases.{phase}"
            commands = _mapping(phases[phase] or {}, where).get("commands")
            yield Phase(section=name, name=phase, commands=_texts(commands, f"{where}.commands"))


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BuildError(f"{where}: an object is expected in the build specification")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    items = value or []
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise BuildError(f"{where}: a list of texts is expected in the build specification")
    return tuple(item for item in items if item.strip())


def _known(content: Mapping[str, Any], names: frozenset[str], where: str) -> None:
    strange = sorted(str(name) for name in content if name not in names)
    if strange:
        raise BuildError(f"{where}: {', '.join(strange)} is not in this stand-in for Amplify")
