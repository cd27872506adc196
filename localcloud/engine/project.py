"""Pulumi.yaml and Pulumi.<stack>.yaml: where they are, what they say, and the configuration that results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from localcloud.engine.backend import replace_file
from localcloud.engine.crypto import Passphrase
from localcloud.engine.errors import CONFIGURATION, EngineError, UnsupportedError

_KNOWN = {"name", "runtime", "description", "options", "config", "author", "website", "license", "template"}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project's folder and what its Pulumi.yaml says."""

    folder: Path
    name: str
    refresh_always: bool
    declared: dict[str, Any]

    def full_key(self, key: str) -> str:
        return key if ":" in key else f"{self.name}:{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Configuration as programs and providers get it: text for each key (JSON for objects); which keys are secret."""

    values: dict[str, str]
    secret_keys: frozenset[str]

    def of_package(self, package: str) -> dict[str, str]:
        """Give the values for a package's provider: by bare name, or all by full name for dynamic providers."""
        if package == "pulumi-python":
            return dict(self.values)
        return {k.removeprefix(f"{package}:"): v for k, v in self.values.items() if k.startswith(f"{package}:")}


def find_project(cwd: Path) -> Project:
    """Find Pulumi.yaml in a folder or above it; EngineError when there is none or it wants what is not supported."""
    for folder in (cwd, *cwd.parents):
        if (folder / "Pulumi.yaml").is_file():
            return _project(folder, read_yaml(folder / "Pulumi.yaml"))
    raise EngineError(
        f"no Pulumi.yaml project file found in {cwd} or above it; change to the project's folder or use -C"
    )


def _project(folder: Path, raw: dict[str, Any]) -> Project:
    for key in raw.keys() - _KNOWN:
        raise UnsupportedError(f"{folder}/Pulumi.yaml: '{key}'")
    runtime = raw.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise UnsupportedError(f"{folder}/Pulumi.yaml: runtime '{language}'")
    options = raw.get("options") or {}
    for key in options.keys() - {"refresh"}:
        raise UnsupportedError(f"{folder}/Pulumi.yaml: options.{key}")
    return Project(
        folder=folder,
        name=str(raw["name"]),
        refresh_always=options.get("refresh") == "always",
        declared=raw.get("config") or {},
    )


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds an object; an absent or empty file is an empty object."""
    if not path.exists():
        return {}
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders both
    except yaml.YAMLError as error:
        raise EngineError(f"{path} is no valid YAML: {error}", CONFIGURATION) from error
    if not isinstance(raw, dict | None):
        raise EngineError(f"{path} does not hold an object", CONFIGURATION)
    return raw or {}


class StackFile:
    """A stack's configuration file; writing it keeps its values, not its comments."""

    def __init__(self, project: Project, stack: str, chosen: str | None) -> None:
        self.path = Path(chosen).absolute() if chosen else project.folder / f"Pulumi.{stack}.yaml"
        self.raw = read_yaml(self.path)
        for key in self.raw.keys() - {"config", "encryptionsalt"}:
            raise UnsupportedError(f"{self.path}: '{key}'")
        self.config: dict[str, Any] = {project.full_key(str(k)): v for k, v in (self.raw.get("config") or {}).items()}
        self.salt: str = self.raw.get("encryptionsalt") or ""

    def write(self) -> None:
        raw = ({"encryptionsalt": self.salt} if self.salt else {}) | ({"config": self.config} if self.config else {})
        replace_file(self.path, yaml.safe_dump(raw, sort_keys=False, width=10_000) if raw else "")


def resolve(project: Project, file: StackFile, stack: str, crypter: Passphrase | None) -> Config:
    """Lay the stack's configuration over the project's defaults and check it against what the project declares.

    A value of the stack replaces the project's value of that key as a whole. Without a crypter secrets stay encrypted.
    """
    values = effective(project, file)
    missing = [k for k in sorted(project.declared) if _is_missing(project, k, values)]
    if missing:
        *rest, last = (f"'{key}'" for key in missing)
        keys = f"value {last}" if not rest else f"values {', '.join(rest)} and {last}"
        raise EngineError(f"Stack '{stack}' is missing configuration {keys}")
    _check_types(project, values, stack)
    return Config(
        values={key: as_text(opened(value, crypter)) for key, value in values.items()},
        secret_keys=frozenset(key for key, value in values.items() if is_secure(value)),
    )


def effective(project: Project, file: StackFile) -> dict[str, Any]:
    """Give the stack's configuration over the project's defaults, secrets still encrypted."""
    defaults = {project.full_key(k): d for k, v in project.declared.items() if (d := _default(v)) is not None}
    return defaults | file.config


def _is_missing(project: Project, key: str, values: Mapping[str, Any]) -> bool:
    full = project.full_key(key)
    return full not in values and full.startswith(f"{project.name}:")


def _default(declared: Any) -> Any:
    if not isinstance(declared, dict):
        return declared
    for key in declared.keys() - {"value", "default", "type", "items", "description", "secret"}:
        raise UnsupportedError(f"Pulumi.yaml: config field '{key}'")
    return declared["value"] if declared.get("value") is not None else declared.get("default")


def _check_types(project: Project, values: Mapping[str, Any], stack: str) -> None:
    for key, declared in project.declared.items():
        wanted = declared.get("type") if isinstance(declared, dict) else None
        if wanted is None or project.full_key(key) not in values:
            continue
        value = values[project.full_key(key)]
        if declared.get("secret") and not is_secure(value):
            raise EngineError(f"Stack '{stack}' with configuration key '{key}' must be encrypted as it's secret")
        if not _fits(value, str(wanted)):
            raise EngineError(f"Stack '{stack}' with configuration key '{key}' must be of type '{wanted}'")


def _fits(value: Any, wanted: str) -> bool:
    if isinstance(value, dict) and "secure" in value:
        return True
    if wanted == "string":
        return not isinstance(value, dict | list)
    if wanted == "integer" and isinstance(value, str):
        return value.lstrip("+-").isdigit()
    if wanted == "boolean" and isinstance(value, str):
        return value in ("true", "false")
    return isinstance(value, _TYPES.get(wanted, object))


def is_secure(value: Any) -> bool:
    """Whether a value of a stack file is encrypted or holds something that is."""
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(is_secure(item) for item in value.values())
    return isinstance(value, list) and any(is_secure(item) for item in value)


def opened(value: Any, crypter: Passphrase | None) -> Any:
    """Copy a value of a stack file with its secrets in clear, or as `[secret]` without a crypter."""
    if isinstance(value, list):
        return [opened(item, crypter) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"secure"}:
        return crypter.decrypt(value["secure"]) if crypter else "[secret]"
    return {key: opened(item, crypter) for key, item in value.items()}


def as_text(value: Any) -> str:
    """Write a value of YAML as the CLI hands it on: scalars as Go prints them, objects as JSON with sorted keys."""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return f"{moment:%Y-%m-%d %H:%M:%S} +0000 UTC"
    return "" if value is None else str(value)
