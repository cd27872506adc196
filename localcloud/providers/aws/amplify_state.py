"""An app or a branch, as the API shows it, in the terms of Pulumi. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from localcloud.providers.aws import tags
from localcloud.providers.aws.amplify_tables import AmplifyTable
from localcloud.providers.values import Values

CLEARED: Final[Mapping[str, str]] = {" ": ""}
"""What the API takes to empty a map of variables: an empty map changes nothing, and an empty key is refused."""

_BRANCH_ONLY: Final = ("associatedResources", "customDomains", "destinationBranch", "sourceBranch")


def inputs(spec: AmplifyTable, live: Values, declared: Values, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What a program would have to say to get this: what it said, as it is now, and what differs from the defaults.

    With nothing declared, as at an import, that is everything that is not as the service would choose it.
    """
    found = {name: live[name] for name in spec.identity if name in spec.table.inputs}
    for name in spec.passed_on - spec.write_only:
        value = _value(spec, live, name)
        is_own = name not in spec.service_chosen and value not in (None, spec.defaults.get(name))
        if name in declared or is_own:
            found[name] = value
    found |= {name: declared[name] for name in spec.write_only if name in declared}
    own = tags.own(live.get("tags", {}), defaults, declared.get("tags", {}))
    return {**found, "tags": own} if own or "tags" in declared else found


def _value(spec: AmplifyTable, live: Values, name: str) -> Any:
    value = live.get(name, spec.defaults.get(name))
    return "" if name == "stage" and value == "NONE" else value


def outputs(spec: AmplifyTable, live: Values, given: Values, region: str) -> dict[str, Any]:
    """The outputs: every modelled property as it is now, and what the service computes."""
    shown = {name: _value(spec, live, name) for name in spec.passed_on - spec.write_only}
    kept = {name: given[name] for name in spec.write_only if name in given}
    everything = {name: live[name] for name in spec.identity if name in spec.table.inputs}
    own = {"tags": given["tags"]} if "tags" in given else {}
    common = {"arn": live[f"{spec.singular}Arn"], "region": region, "tagsAll": live.get("tags", {})}
    return {**everything, **shown, **kept, **own, **common, **_extra(spec, live)}


def _extra(spec: AmplifyTable, live: Values) -> dict[str, Any]:
    if spec.singular == "branch":
        return {name: live.get(name, [] if name.endswith("s") else "") for name in _BRANCH_ONLY}
    tile = live.get("productionBranch")
    return {"defaultDomain": live["defaultDomain"], "productionBranches": [_tile(tile)] if tile else []}


def _tile(tile: Values) -> dict[str, Any]:
    time = tile.get("lastDeployTime")
    return {**tile, "lastDeployTime": time.isoformat() if time else "", "thumbnailUrl": tile.get("thumbnailUrl", "")}


def request(spec: AmplifyTable, given: Values) -> dict[str, Any]:
    """The members of a create call: what the program gives; an empty text of an enum is as good as none."""
    members = {name: value for name, value in given.items() if name in spec.passed_on and value != ""}
    return {**members, **{name: given[name] for name in spec.identity if name in given}}


def update_request(spec: AmplifyTable, given: Values, changed: frozenset[str]) -> dict[str, Any]:
    """The members of an update call: what changed, and the default of what was taken away."""
    members = {name: given.get(name, spec.defaults.get(name)) for name in changed & spec.passed_on}
    if members.get("environmentVariables") == {}:
        members["environmentVariables"] = dict(CLEARED)
    return {name: value for name, value in members.items() if value is not None and (name, value) != ("stage", "")}
