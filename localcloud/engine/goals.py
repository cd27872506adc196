"""What a program asks for when it registers a resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localcloud.engine.aliases import Alias
from localcloud.engine.errors import UnsupportedError
from localcloud.engine.protocol import from_wire
from localcloud.engine.state import Resource
from localcloud.engine.values import Props, lower_outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A registration; `protect`, `retain_on_delete` and `delete_before_replace` are None when nothing was said."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Props = field(default_factory=dict)
    provider: str = ""
    version: str = ""
    download_url: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    import_id: str = ""

    def resource(self, urn: str) -> Resource:
        """Give the state that a resource of this registration begins with."""
        return Resource(
            urn=urn,
            type=self.type,
            custom=self.custom,
            inputs=self.inputs,
            parent=self.parent,
            protect=bool(self.protect),
            dependencies=self.dependencies,
            provider=self.provider,
            property_dependencies=self.property_dependencies,
            additional_secret_outputs=self.additional_secret_outputs,
            import_id=self.import_id,
            retain_on_delete=bool(self.retain_on_delete),
            ignore_changes=self.ignore_changes,
            replace_on_changes=self.replace_on_changes,
        )


_REFUSED = {
    "remote": "remote components",
    "deletedWith": "deleted_with",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
    "transforms": "transforms",
    "state_migrations": "state migrations",
    "hooks": "resource hooks",
    "packageRef": "parameterized packages",
    "envVarMappings": "env_var_mappings",
}


def read_goal(request: Any) -> Goal:
    """Read a registration from the wire; UnsupportedError names an option that is not known here."""
    given = {descriptor.name for descriptor, _ in request.ListFields()}
    for name, option in _REFUSED.items():
        if name in given and not (name == "hooks" and not request.hooks.ListFields()):
            raise UnsupportedError(f"{option} (on {request.type} '{request.name}')")
    inputs = {key: lower_outputs(value) for key, value in from_wire(request.object).items()}
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        provider=request.provider,
        version=request.version,
        download_url=request.pluginDownloadURL,
        dependencies=tuple(dict.fromkeys(request.dependencies)),
        property_dependencies=_property_dependencies(request, inputs),
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=_delete_before_replace(request),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=(*(Alias(urn=urn) for urn in request.aliasURNs), *(_alias(alias) for alias in request.aliases)),
        import_id=request.importId,
    )


def _property_dependencies(request: Any, inputs: Props) -> dict[str, list[str]]:
    if not request.propertyDependencies:
        return {key: list(request.dependencies) for key in inputs}
    found = {key: list(value.urns) for key, value in request.propertyDependencies.items()}
    return found | {key: [] for key in inputs if key not in found}


def _delete_before_replace(request: Any) -> bool | None:
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        return bool(request.deleteBeforeReplace)
    return None


def _alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") == "urn":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )
