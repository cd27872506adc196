"""IAM's Role as a resource of Pulumi."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from localcloud.providers.aws import documents, tags
from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.place import Place
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import Values

TABLE: Final = Table(
    type="aws:iam/role:Role",
    inputs=frozenset({"assumeRolePolicy", "description", "maxSessionDuration", "name", "path", "tags"}),
    refused=frozenset(
        {"forceDetachPolicies", "inlinePolicies", "managedPolicyArns", "namePrefix", "permissionsBoundary"}
    ),
    required=("assumeRolePolicy",),
    replaces=frozenset({"name", "path"}),
    computed=("arn", "createDate", "maxSessionDuration", "path", "tagsAll", "uniqueId"),
    volatile=frozenset({"tagsAll"}),
    autoname="name",
)
_DEFAULTS: Final[Mapping[str, Any]] = {"description": "", "maxSessionDuration": 3600, "path": "/"}
_MEMBERS: Final = {"description": "Description", "maxSessionDuration": "MaxSessionDuration", "path": "Path"}


class RoleResource:
    """A role. Its id is its name."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def table(self) -> Table:
        return TABLE

    def check(self, inputs: Values) -> list[Failure]:
        return documents.check(inputs, "assumeRolePolicy")

    def replaces(self, old: Values, new: Values) -> frozenset[str]:
        del old, new
        return frozenset()

    def drift(self, outputs: Values, new: Values) -> Sequence[str]:
        settings, _ = self._place()
        return tags.drift(settings.default_tags, outputs, new)

    def create(self, task: Task) -> tuple[str, Values]:
        settings, clients = self._place()
        name = task.inputs["name"]
        members = {_MEMBERS[one]: task.inputs[one] for one in _MEMBERS if task.inputs.get(one)}
        all_tags = tags.listed(tags.wanted(settings.default_tags, task.inputs))
        with saying(f"creating IAM Role ({name})"):
            clients.iam.create_role(
                RoleName=name, AssumeRolePolicyDocument=task.inputs["assumeRolePolicy"], Tags=all_tags, **members
            )
        return name, self._outputs(clients, name, task.inputs)

    def read(self, task: Task) -> Live | None:
        settings, clients = self._place()
        live = _find(clients, task.id)
        if live is None:
            return None
        inputs = _inputs(live, task.inputs, settings.default_tags)
        return Live(id=task.id, inputs=inputs, outputs=_outputs(live, inputs))

    def update(self, task: Task) -> Values:
        settings, clients = self._place()
        given = {**_DEFAULTS, **task.inputs}
        with saying(f"updating IAM Role ({task.id})"):
            if "assumeRolePolicy" in task.changed:
                clients.iam.update_assume_role_policy(RoleName=task.id, PolicyDocument=given["assumeRolePolicy"])
            if task.changed & {"description", "maxSessionDuration"}:
                clients.iam.update_role(
                    RoleName=task.id, Description=given["description"], MaxSessionDuration=given["maxSessionDuration"]
                )
            _put_tags(clients, task.id, tags.wanted(settings.default_tags, task.inputs))
        return self._outputs(clients, task.id, task.inputs)

    def delete(self, task: Task) -> None:
        _, clients = self._place()
        with saying(f"deleting IAM Role ({task.id})"):
            try:
                clients.iam.delete_role(RoleName=task.id)
            except clients.iam.exceptions.NoSuchEntityException:
                return

    @staticmethod
    def _outputs(clients: Clients, name: str, inputs: Values) -> dict[str, Any]:
        return _outputs(_find(clients, name) or {}, inputs)


def _find(clients: Clients, name: str) -> dict[str, Any] | None:
    with saying(f"reading IAM Role ({name})"):
        try:
            return dict(clients.iam.get_role(RoleName=name)["Role"])
        except clients.iam.exceptions.NoSuchEntityException:
            return None


def _shown(live: Values) -> dict[str, Any]:
    return {name: live.get(member, _DEFAULTS[name]) for name, member in _MEMBERS.items()}


def _inputs(live: Values, declared: Values, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What a program would have to say to get this: what it said, as it is now, and what differs from the defaults."""
    policy = documents.settled(declared.get("assumeRolePolicy"), live["AssumeRolePolicyDocument"])
    found = {"name": live["RoleName"], "assumeRolePolicy": policy}
    for name, value in _shown(live).items():
        if name in declared or value != _DEFAULTS[name]:
            found[name] = value
    own = tags.own(tags.mapped(live.get("Tags", [])), defaults, declared.get("tags", {}))
    return {**found, "tags": own} if own or "tags" in declared else found


def _outputs(live: Values, inputs: Values) -> dict[str, Any]:
    given = {"tags": inputs["tags"]} if "tags" in inputs else {}
    return {
        **_shown(live),
        **given,
        "name": live["RoleName"],
        "assumeRolePolicy": documents.settled(inputs.get("assumeRolePolicy"), live["AssumeRolePolicyDocument"]),
        "arn": live["Arn"],
        "createDate": live["CreateDate"].isoformat(),
        "uniqueId": live["RoleId"],
        "tagsAll": tags.mapped(live.get("Tags", [])),
    }


def _put_tags(clients: Clients, name: str, target: Mapping[str, str]) -> None:
    found = clients.iam.list_role_tags(RoleName=name)["Tags"]
    to_set, to_remove = tags.changes(tags.mapped(found), target)
    if to_remove:
        clients.iam.untag_role(RoleName=name, TagKeys=to_remove)
    if to_set:
        clients.iam.tag_role(RoleName=name, Tags=tags.listed(to_set))
