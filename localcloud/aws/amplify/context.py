"""What a handler of one operation gets to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.aws.amplify.state import State
from localcloud.aws.builds.runner import Runner
from localcloud.aws.errors import bad_request

Secrets = Callable[[str, str, int], Mapping[str, str]]
"""Region, path and how many at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A call's surroundings: the state (which the handler may change), its region, the time, and our own address.

    `runner` runs jobs for real; `secrets` gives the first few parameters of a path, by their last names.
    """

    state: State
    region: str
    now: float
    address: str
    runner: Runner
    secrets: Secrets


def check_variables(fields: Mapping[str, Any]) -> None:
    """Refuse environment variables that Amplify refuses beyond what its model says."""
    names = list(fields.get("environmentVariables", {}))
    names += list(fields.get("autoBranchCreationConfig", {}).get("environmentVariables", {}))
    if "" in names:
        raise bad_request("Environment variables cannot have an empty key")
    if any(name.startswith("AWS") for name in names):
        raise bad_request('Environment variables cannot start with the reserved prefix "AWS".')


def merge(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields after a create or an update: what is absent stays.

    An empty map of variables leaves those that were there; a map of blank names only, such as `{" ": ""}`, empties it.
    """
    kept = {name: value for name, value in changes.items() if not (name == "environmentVariables" and value == {})}
    if "environmentVariables" in kept:
        kept["environmentVariables"] = {
            key: value for key, value in kept["environmentVariables"].items() if key.strip()
        }
    return {**fields, **kept}
