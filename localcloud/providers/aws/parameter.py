"""SSM's Parameter as a resource of Pulumi."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from localcloud.providers.aws import tags
from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.place import Place
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import UNKNOWN, Values

TABLE: Final = Table(
    type="aws:ssm/parameter:Parameter",
    inputs=frozenset(
        (
            "allowedPattern",
            "dataType",
            "description",
            "insecureValue",
            "keyId",
            "name",
            "overwrite",
            "tags",
            "tier",
            "type",
            "value",
        )
    ),
    refused=frozenset({"arn", "region", "valueWo", "valueWoVersion"}),
    required=("type",),
    replaces=frozenset({"name", "dataType"}),
    secrets=frozenset({"value"}),
    computed=(
        "arn",
        "dataType",
        "hasValueWo",
        "insecureValue",
        "keyId",
        "region",
        "tagsAll",
        "tier",
        "value",
        "version",
    ),
    volatile=frozenset({"tagsAll", "version"}),
    autoname="name",
)

_TYPES: Final = ("String", "StringList", "SecureString")
_MEMBERS: Final[Mapping[str, str]] = {
    "name": "Name",
    "type": "Type",
    "description": "Description",
    "allowedPattern": "AllowedPattern",
    "keyId": "KeyId",
    "dataType": "DataType",
    "tier": "Tier",
}
_SERVICE_CHOSEN: Final = frozenset({"keyId", "dataType", "tier"})
_NOT_PUT: Final = frozenset({"tags", "tagsAll", "overwrite"})


class ParameterResource:
    """A parameter. A create does not take over an existing one, unless `overwrite` says so."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def table(self) -> Table:
        return TABLE

    def check(self, inputs: Values) -> list[Failure]:
        kind = inputs.get("type")
        found = []
        if kind is not UNKNOWN and kind not in _TYPES:
            found.append(Failure(property="type", reason=f"'type' must be one of {', '.join(_TYPES)}"))
        if ("value" in inputs) == ("insecureValue" in inputs):
            reason = "exactly one of 'value' and 'insecureValue' must be given"
            found.append(Failure(property="value", reason=reason))
        if kind == "SecureString" and "insecureValue" in inputs:
            found.append(Failure(property="insecureValue", reason="a SecureString takes 'value', not 'insecureValue'"))
        return found

    def replaces(self, old: Values, new: Values) -> frozenset[str]:
        smaller = old.get("tier") == "Advanced" and new.get("tier", "Standard") == "Standard"
        return frozenset({"tier"} if smaller else ())

    def drift(self, outputs: Values, new: Values) -> Sequence[str]:
        settings, _ = self._place()
        return tags.drift(settings.default_tags, outputs, new)

    def create(self, task: Task) -> tuple[str, Values]:
        settings, clients = self._place()
        name, overwrite = task.inputs["name"], bool(task.inputs.get("overwrite", False))
        all_tags = tags.wanted(settings.default_tags, task.inputs)
        members = _put_members(task.inputs, frozenset(_MEMBERS))
        if all_tags and not overwrite:  # the API takes no tags together with Overwrite
            members["Tags"] = tags.listed(all_tags)
        with saying(f"creating SSM Parameter ({name})"):
            clients.ssm.put_parameter(Overwrite=overwrite, **members)
            if overwrite:
                _put_tags(clients, name, all_tags)
        return name, self._outputs(clients, name, task.inputs)

    def read(self, task: Task) -> Live | None:
        settings, clients = self._place()
        live = _find(clients, task.id)
        if live is None:
            return None
        inputs = _inputs(live, task, settings.default_tags)
        return Live(id=task.id, inputs=inputs, outputs=_outputs(live, inputs, settings.region))

    def update(self, task: Task) -> Values:
        settings, clients = self._place()
        with saying(f"updating SSM Parameter ({task.id})"):
            if task.changed - _NOT_PUT:
                changed = task.changed | {"name", "type"}
                clients.ssm.put_parameter(
                    Overwrite=task.inputs.get("overwrite", True), **_put_members(task.inputs, changed)
                )
            _put_tags(clients, task.id, tags.wanted(settings.default_tags, task.inputs))
        return self._outputs(clients, task.id, task.inputs)

    def delete(self, task: Task) -> None:
        _, clients = self._place()
        with saying(f"deleting SSM Parameter ({task.id})"):
            try:
                clients.ssm.delete_parameter(Name=task.id)
            except clients.ssm.exceptions.ParameterNotFound:
                return

    def _outputs(self, clients: Clients, name: str, inputs: Values) -> dict[str, Any]:
        live = _find(clients, name) or {}
        settings, _ = self._place()
        return _outputs(live, inputs, settings.region)


def _put_members(inputs: Values, changed: frozenset[str]) -> dict[str, Any]:
    """The members of PutParameter; a description that was taken away is put as an empty one."""
    members = {_MEMBERS[name]: inputs[name] for name in changed if name in _MEMBERS and inputs.get(name)}
    if "description" in changed and "description" not in inputs:
        members["Description"] = ""
    if inputs.get("type") != "SecureString":
        members.pop("KeyId", None)
    return {**members, "Value": inputs.get("value", inputs.get("insecureValue"))}


def _find(clients: Clients, name: str) -> dict[str, Any] | None:
    """The parameter with its value, what describes it, and its tags; the three calls that the real plugin makes too."""
    with saying(f"reading SSM Parameter ({name})"):
        try:
            value = clients.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        except clients.ssm.exceptions.ParameterNotFound:
            return None
        filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        described = clients.ssm.describe_parameters(ParameterFilters=filters)["Parameters"]  # type: ignore[arg-type]
        tag_list = clients.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {**(described[0] if described else {}), **value, "Tags": tags.mapped(tag_list)}


def _inputs(live: Values, task: Task, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What a program would have to say to get this: what it said, as it is now, and what it did not say but is set."""
    declared = task.inputs
    found = {"name": live["Name"], "type": live["Type"], _value_name(declared): live["Value"]}
    for name, member in _MEMBERS.items():
        value = live.get(member, "")
        if name in declared or (value and name not in _SERVICE_CHOSEN):
            found[name] = value
    if "overwrite" in declared:
        found["overwrite"] = declared["overwrite"]
    own = tags.own(live["Tags"], defaults, declared.get("tags", {}))
    return {**found, "tags": own} if own or "tags" in declared else found


def _outputs(live: Values, inputs: Values, region: str) -> dict[str, Any]:
    shown = {name: live.get(member, "") for name, member in _MEMBERS.items()}
    given = {name: inputs[name] for name in ("overwrite", "tags") if name in inputs}
    computed = {"arn": live["ARN"], "version": live["Version"], "tagsAll": live["Tags"], "region": region}
    return {**shown, **given, **computed, _value_name(inputs): live["Value"], "hasValueWo": False}


def _value_name(inputs: Values) -> str:
    return "insecureValue" if "insecureValue" in inputs else "value"


def _put_tags(clients: Clients, name: str, target: Mapping[str, str]) -> None:
    found = clients.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    to_set, to_remove = tags.changes(tags.mapped(found), target)
    if to_remove:
        clients.ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=to_remove)
    if to_set:
        clients.ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags.listed(to_set))
