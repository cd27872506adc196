"""Resources as a checkpoint keeps them (deployment version 3), read from and written to JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from localcloud.engine.crypto import Passphrase
from localcloud.engine.errors import UnsupportedError
from localcloud.engine.values import SECRET, SIGNATURE, Props, is_secret, secret

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
_REFUSED = ("deletedWith", "replaceWith", "viewOf", "resourceHooks", "replacementTrigger", "taint", "extensionRef")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One resource of a stack; compared by identity, since several may share a URN while one replaces another.

    `rest` holds the fields of the format that mean nothing here (source positions, for one); they are written back.
    """

    urn: str
    type: str
    custom: bool = False
    delete: bool = False
    id: str = ""
    inputs: Props = field(default_factory=dict)
    outputs: Props = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    dependencies: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    import_id: str = ""
    retain_on_delete: bool = False
    created: str = ""
    modified: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    rest: Props = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @property
    def is_provider(self) -> bool:
        return self.type.startswith(PROVIDER_PREFIX)

    @property
    def managed(self) -> bool:
        """Whether a provider's plugin looks after it."""
        return self.custom and not self.is_provider

    def depends_on(self) -> set[str]:
        """Give the URNs of all that must be there before it and go after it."""
        found = {*self.dependencies, *(urn for urns in self.property_dependencies.values() for urn in urns)}
        found |= {self.parent, self.provider.rsplit("::", 1)[0] if self.provider else ""}
        return found - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation that had begun and whose end was not seen."""

    resource: Resource
    type: str


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


_ALWAYS = {"urn", "custom", "type"}
_NAMES = {f.name: f.name.split("_")[0] + "".join(p.title() for p in f.name.split("_")[1:]) for f in fields(Resource)}
_NAMES["import_id"] = "importID"
del _NAMES["rest"]


def load_resource(raw: Props, crypter: Passphrase | None) -> Resource:
    """Read a resource; UnsupportedError names what it uses and this engine does not know."""
    for key in _REFUSED:
        if raw.get(key):
            raise UnsupportedError(f"{key} (of {raw['urn']})")
    known = {name: raw[key] for name, key in _NAMES.items() if key in raw}
    for name, value in known.items():
        if isinstance(value, list):
            known[name] = tuple(value)
    for name in ("inputs", "outputs"):
        known[name] = _decrypted(known.get(name) or {}, crypter)
    return Resource(**known, rest={k: v for k, v in raw.items() if k not in _NAMES.values()})


def dump_resource(resource: Resource, crypter: Passphrase | None) -> Props:
    """Write a resource; without a crypter, secrets are given in clear (as `plaintext`), as `--show-secrets` does."""
    result: Props = {}
    for name, key in _NAMES.items():
        value = getattr(resource, name)
        if value or name in _ALWAYS:
            result[key] = list(value) if isinstance(value, tuple) else value
    for key in ("inputs", "outputs"):
        if key in result:
            result[key] = encrypted(result[key], crypter)
    return result | resource.rest


def _decrypted(value: Any, crypter: Passphrase | None) -> Any:
    if isinstance(value, list):
        return [_decrypted(item, crypter) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_secret(value):
        return {key: _decrypted(item, crypter) for key, item in value.items()}
    if "plaintext" in value:
        return secret(json.loads(value["plaintext"]))
    return secret(json.loads(crypter.decrypt(value["ciphertext"]))) if crypter else value


def encrypted(value: Any, crypter: Passphrase | None) -> Any:
    """Copy a value with its secrets in the checkpoint's form."""
    if isinstance(value, list):
        return [encrypted(item, crypter) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_secret(value):
        return {key: encrypted(item, crypter) for key, item in value.items()}
    if "value" not in value:
        return value
    text = json.dumps(value["value"], separators=(",", ":"))
    return {SIGNATURE: SECRET, **({"ciphertext": crypter.encrypt(text)} if crypter else {"plaintext": text})}
