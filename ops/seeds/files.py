"""Data sets as files have them: what they may say, which are for an environment, and everything wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.settings.problems import Problem, problems_of
from ops.pulumi import OpsError
from ops.seeds.marks import Mark, marked
from ops.seeds.once import Twice, read_json, read_yaml
from ops.seeds.storable import Section, unstorable

_KINDS = frozenset({".yaml", ".yml", ".json"})
_SECTIONS: tuple[Section, ...] = ("models", "tables")
_Name = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Records(_Strict):
    """Records of one table. ``mark`` is the field that takes the mark; ``key`` are the fields that tell a record, for a
    DynamoDB table those of its own key when they are left out."""

    mark: _Name
    key: tuple[_Name, ...] = ()
    records: tuple[dict[str, Any], ...]


class Content(_Strict):
    """A file. ``environment`` is a stack's name; without one it is for every environment but production.

    ``models`` are tables of the backend by the names of their models, ``tables`` those of the database; both are loaded
    in the order of the file, and cleaned the other way round.
    """

    environment: _Name | None = None
    models: dict[_Name, Records] = {}
    tables: dict[_Name, Records] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """``models`` and ``tables`` hold marked records. ``common`` is one that names no environment."""

    path: Path
    common: bool
    models: dict[str, Records]
    tables: dict[str, Records]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom data sets are read: the stack's name, its mark."""

    stack: str
    mark: Mark


def seed_files(folder: Path, stack: str) -> list[Path]:
    """The files directly in ``folder``, then those in its folder named for the stack."""
    places = [folder, folder / stack]
    return [path for place in places if place.is_dir() for path in sorted(place.iterdir()) if path.suffix in _KINDS]


def read_sets(paths: Iterable[Path], reader: Reader) -> tuple[list[DataSet], list[Path]]:
    """The data sets for the environment, and the files that production takes no part in.

    Raises OpsError with all that is wrong, a set for another environment included.
    """
    found, left, problems = list[DataSet](), list[Path](), list[Problem]()
    for path in paths:
        content, wrong = _content(path)
        problems += wrong
        if content is None:
            continue
        if content.environment is None and reader.mark is Mark.PROD:
            left.append(path)
            continue
        problems += _for_another(content, path, reader)
        data, wrong = _marked(content, path, reader)
        problems += wrong
        found.append(data)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise OpsError(f"nothing was loaded, for the data sets have problems:\n{lines}")
    return found, left


def _content(path: Path) -> tuple[Content | None, list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8")
        data = read_json(text) if path.suffix == ".json" else read_yaml(text)
        return Content.model_validate(data), []
    except ValidationError as error:
        return None, problems_of(error, str(path))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        return None, [Problem(path=str(path), text=_unreadable(error, path))]


def _unreadable(error: Exception, path: Path) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, FileNotFoundError):
        return "is not there: correct the name"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    if isinstance(error, UnicodeDecodeError):
        return "is no text in UTF-8: save it so"
    if isinstance(error, Twice):
        return str(error)
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    line = error.lineno if isinstance(error, json.JSONDecodeError) else mark.line + 1 if mark is not None else None
    kind = "JSON" if path.suffix == ".json" else "YAML"
    return f"is no {kind}" + (f": see line {line}" if line is not None else "")


def _for_another(content: Content, path: Path, reader: Reader) -> Iterator[Problem]:
    if content.environment is not None and content.environment != reader.stack:
        yield Problem(path=f"{path}.environment", text=f"it is for {content.environment}, not for {reader.stack}")


def _marked(content: Content, path: Path, reader: Reader) -> tuple[DataSet, list[Problem]]:
    problems: list[Problem] = []
    sections: dict[str, dict[str, Records]] = {}
    for section in _SECTIONS:
        sections[section] = {}
        for name, records in getattr(content, section).items():
            made, wrong = _records(records, f"{path}.{section}.{name}", reader.mark, section)
            sections[section][name] = made
            problems += wrong
    return DataSet(
        path=path, common=content.environment is None, models=sections["models"], tables=sections["tables"]
    ), problems


def _records(records: Records, where: str, mark: Mark, section: Section) -> tuple[Records, list[Problem]]:
    problems = [Problem(path=where, text="key is missing: the columns that tell a record")] * (
        section == "tables" and not records.key
    )
    made: list[dict[str, Any]] = []
    for number, record in enumerate(records.records, start=1):
        problems += [Problem(path=f"{where}, record {number}", text=text) for text in unstorable(section, record)]
        problems += _missing_keys(record, records.key, f"{where}, record {number}")
        try:
            made.append(marked(record, records.mark, mark))
        except ValueError as error:
            problems.append(Problem(path=f"{where}, record {number}", text=str(error)))
    return records.model_copy(update={"records": tuple(made)}), problems


def _missing_keys(record: dict[str, Any], key: Sequence[str], where: str) -> Iterator[Problem]:
    for field in key:
        if record.get(field) is None:
            yield Problem(path=where, text=f"{field} is missing: it is part of the key")
