"""IAM's RolePolicy, a policy inside of a role, as a resource of Pulumi."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from localcloud.providers.aws import documents
from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.place import Place
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import Values

TABLE: Final = Table(
    type="aws:iam/rolePolicy:RolePolicy",
    inputs=frozenset({"name", "policy", "role"}),
    refused=frozenset({"namePrefix"}),
    required=("policy", "role"),
    replaces=frozenset({"name", "role"}),
    autoname="name",
)


class RolePolicyResource:
    """A role's inline policy. Its id is `<role>:<name>`. A create takes over one of that name, as the API does."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def table(self) -> Table:
        return TABLE

    def check(self, inputs: Values) -> list[Failure]:
        return documents.check(inputs, "policy")

    def replaces(self, old: Values, new: Values) -> frozenset[str]:
        del old, new
        return frozenset()

    def drift(self, outputs: Values, new: Values) -> Sequence[str]:
        del outputs, new
        return ()

    def create(self, task: Task) -> tuple[str, Values]:
        found = f"{task.inputs['role']}:{task.inputs['name']}"
        self._put(task.inputs, f"creating IAM Role Policy ({found})")
        return found, dict(task.inputs)

    def read(self, task: Task) -> Live | None:
        _, clients = self._place()
        role, name = _parts(task.id)
        policy = _find(clients, role, name)
        if policy is None:
            return None
        inputs = {"role": role, "name": name, "policy": documents.settled(task.inputs.get("policy"), policy)}
        return Live(id=task.id, inputs=inputs, outputs=inputs)

    def update(self, task: Task) -> Values:
        self._put(task.inputs, f"updating IAM Role Policy ({task.id})")
        return dict(task.inputs)

    def delete(self, task: Task) -> None:
        _, clients = self._place()
        role, name = _parts(task.id)
        with saying(f"deleting IAM Role Policy ({task.id})"):
            try:
                clients.iam.delete_role_policy(RoleName=role, PolicyName=name)
            except clients.iam.exceptions.NoSuchEntityException:
                return

    def _put(self, inputs: Values, what: str) -> None:
        _, clients = self._place()
        with saying(what):
            clients.iam.put_role_policy(
                RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
            )


def _find(clients: Clients, role: str, name: str) -> object | None:
    with saying(f"reading IAM Role Policy ({role}:{name})"):
        try:
            return clients.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        except clients.iam.exceptions.NoSuchEntityException:
            return None


def _parts(found: str) -> tuple[str, str]:
    role, _, name = found.partition(":")
    if not role or not name:
        raise ProviderError(f"'{found}' is no id of an IAM Role Policy: it has the form role:name")
    return role, name
