"""Amplify's App and Branch as resources of Pulumi."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.providers.aws import amplify_state, tags
from localcloud.providers.aws.amplify_tables import AmplifyTable
from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.place import Place
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import UNKNOWN, Values

_PATTERNS = {"branchName": r"[0-9A-Za-z/_.-]{1,255}", "displayName": r"[0-9a-z-]{1,255}", "ttl": r"\d{0,32}"}


class AmplifyResource:
    """Both types: they differ in their tables and in how an id is made of what identifies them."""

    def __init__(self, spec: AmplifyTable, place: Place) -> None:
        self._spec = spec
        self._place = place
        self._title = f"Amplify {spec.singular.capitalize()}"

    @property
    def table(self) -> Table:
        return self._spec.table

    def check(self, inputs: Values) -> list[Failure]:
        found = []
        for name, pattern in _PATTERNS.items():
            value = inputs.get(name)
            if name in self.table.inputs and isinstance(value, str) and not re.fullmatch(pattern, value):
                found.append(Failure(property=name, reason=f"'{name}' must match ^{pattern}$"))
        return found

    def replaces(self, old: Values, new: Values) -> frozenset[str]:
        return frozenset(name for name in self._spec.sticky if old.get(name) and not new.get(name))

    def drift(self, outputs: Values, new: Values) -> Sequence[str]:
        settings, _ = self._place()
        return tags.drift(settings.default_tags, outputs, new)

    def create(self, task: Task) -> tuple[str, Values]:
        settings, clients = self._place()
        members = amplify_state.request(self._spec, task.inputs)
        all_tags = tags.wanted(settings.default_tags, task.inputs)
        label = task.inputs.get("branchName", task.inputs.get("name"))
        with saying(f"creating {self._title} ({label})"):
            answer = self._call(clients, "create", {**members, **({"tags": all_tags} if all_tags else {})})
        return self._id(answer), amplify_state.outputs(self._spec, answer, task.inputs, settings.region)

    def read(self, task: Task) -> Live | None:
        settings, clients = self._place()
        live = self._find(clients, task.id)
        if live is None:
            return None
        inputs = amplify_state.inputs(self._spec, live, task.inputs, settings.default_tags)
        given = {**inputs, **{name: task.outputs[name] for name in self._spec.write_only if name in task.outputs}}
        outputs = amplify_state.outputs(self._spec, live, given, settings.region)
        return Live(id=task.id, inputs=inputs, outputs=outputs)

    def update(self, task: Task) -> Values:
        settings, clients = self._place()
        members = amplify_state.update_request(self._spec, task.inputs, task.changed)
        with saying(f"updating {self._title} ({task.id})"):
            verb = "update" if members else "get"
            live = self._call(clients, verb, {**self._identity(task.id), **members})
            live["tags"] = self._put_tags(clients, live, tags.wanted(settings.default_tags, task.inputs))
        return amplify_state.outputs(self._spec, live, task.inputs, settings.region)

    def delete(self, task: Task) -> None:
        _, clients = self._place()
        with saying(f"deleting {self._title} ({task.id})"):
            try:
                self._call(clients, "delete", self._identity(task.id))
            except clients.amplify.exceptions.NotFoundException:
                return

    def _find(self, clients: Clients, found: str) -> dict[str, Any] | None:
        with saying(f"reading {self._title} ({found})"):
            try:
                return self._call(clients, "get", self._identity(found))
            except clients.amplify.exceptions.NotFoundException:
                return None

    def _call(self, clients: Clients, verb: str, members: Mapping[str, Any]) -> dict[str, Any]:
        method = getattr(clients.amplify, f"{verb}_{self._spec.singular}")
        return dict(method(**members)[self._spec.singular]) | _app_id(members)

    def _put_tags(self, clients: Clients, live: Values, target: dict[str, str]) -> dict[str, str]:
        to_set, to_remove = tags.changes(live.get("tags", {}), target)
        arn = live[f"{self._spec.singular}Arn"]
        if to_remove:
            clients.amplify.untag_resource(resourceArn=arn, tagKeys=to_remove)
        if to_set:
            clients.amplify.tag_resource(resourceArn=arn, tags=to_set)
        return target

    def _id(self, live: Values) -> str:
        return "/".join(str(live[name]) for name in self._spec.identity)

    def _identity(self, found: str) -> dict[str, str]:
        """The members that name the resource, out of its id: `<app id>` or `<app id>/<branch>`."""
        parts = found.split("/", len(self._spec.identity) - 1)
        if len(parts) != len(self._spec.identity) or not all(parts):
            form = "/".join(self._spec.identity)
            raise ProviderError(f"'{found}' is no id of an {self._title}: it has the form {form}")
        return dict(zip(self._spec.identity, parts, strict=True))


def _app_id(members: Mapping[str, Any]) -> dict[str, Any]:
    """A branch's own answer does not say whose branch it is."""
    known = members.get("appId", UNKNOWN)
    return {} if known is UNKNOWN else {"appId": known}
