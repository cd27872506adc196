"""The Neon resources as a program declares them. Type tokens are persisted in every stack's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from components.neon.branch_provider import ENDPOINT, NeonBranchProvider
from components.neon.connection_provider import NeonConnectionProvider
from components.neon.guard_provider import NeonGuardProvider
from components.neon.password_provider import NeonPasswordProvider
from components.neon.reset_provider import NeonResetProvider
from neon.kinds import Kind
from neon.masking import ANONYMIZED, MaskingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class NeonBranchArgs:
    """``mark`` says whose the branch is; ``source`` names the branch that it is copied from when it is created.

    ``masking`` are the rules of an anonymized one.
    """

    project_id: str
    name: str
    mark: Mapping[str, str]
    source: str | None = None
    kind: Kind = Kind.COPY
    masking: Sequence[MaskingRule] = ()
    adopt: bool = False
    protected: bool | None = None
    ttl: int | None = None
    compute: Mapping[str, float | int] = field(default_factory=dict)


class NeonBranch(Resource, module="neon", name="Branch"):
    """A Neon branch with its read-write endpoint. Its id is Neon's own, and so is the time, RFC 3339.

    ``mark`` is the one that Neon holds, which is that of its creation.
    """

    created_at: pulumi.Output[str]
    mark: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, args: NeonBranchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "project_id": args.project_id,
            "name": args.name,
            "source": args.source,
            **_kind(args),
            "adopt": args.adopt,
            "protected": args.protected,
            "ttl": args.ttl,
            "compute": dict(args.compute),
            "endpoint": ENDPOINT,
            "mark": dict(args.mark),
            "created_at": None,
        }
        super().__init__(NeonBranchProvider(), name, props, opts)


def _kind(args: NeonBranchArgs) -> dict[str, Any]:
    """Nothing at all for a plain copy, as in states that were written before there were kinds."""
    masked = args.kind is Kind.ANONYMIZED
    return {
        "kind": None if args.kind is Kind.COPY else args.kind.value,
        "masking": [rule.to_api() for rule in args.masking] if masked else None,
        "anonymization": ANONYMIZED if masked else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class NeonConnectionArgs:
    """``password_set_at`` is when the role's password was set, RFC 3339; None where nobody declares its age."""

    project_id: str
    branch_id: pulumi.Input[str]
    database: str
    role: str
    allow_default: bool
    anonymized: bool
    password_set_at: pulumi.Input[str] | None
    parameters: Mapping[str, str]


class NeonConnection(Resource, module="neon", name="Connection"):
    """Connection strings of a branch: ``database_url`` pooled, ``direct_url`` not; both secret."""

    endpoint_id: pulumi.Output[str]
    host: pulumi.Output[str]
    database_url: pulumi.Output[str]
    direct_url: pulumi.Output[str]

    def __init__(self, name: str, args: NeonConnectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "project_id": args.project_id,
            "branch_id": args.branch_id,
            "database": args.database,
            "role": args.role,
            "allow_default": args.allow_default,
            "anonymized": args.anonymized,
            "password_set_at": args.password_set_at,
            "parameters": dict(args.parameters),
            **dict.fromkeys(("endpoint_id", "host", "database_url", "direct_url")),
        }
        # The provider's protocol drops secretness: only what is named here is encrypted in the state.
        secret = pulumi.ResourceOptions(additional_secret_outputs=["database_url", "direct_url"])
        super().__init__(NeonConnectionProvider(), name, props, pulumi.ResourceOptions.merge(opts, secret))


@dataclass(frozen=True, slots=True, kw_only=True)
class NeonResetArgs:
    """``source`` names the branch to copy from; ``fresh_after`` is RFC 3339."""

    project_id: str
    branch_id: pulumi.Input[str]
    source: str
    fresh_after: str
    database: str
    role: str
    mark: Mapping[str, str]
    adopted: bool
    keep: bool


class NeonReset(Resource, module="neon", name="Reset"):
    """Freshness of a branch's data; ``last_reset_at`` is Neon's time, RFC 3339, empty for never."""

    last_reset_at: pulumi.Output[str]

    def __init__(self, name: str, args: NeonResetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "project_id": args.project_id,
            "branch_id": args.branch_id,
            "source": args.source,
            "fresh_after": args.fresh_after,
            "database": args.database,
            "role": args.role,
            "mark": dict(args.mark),
            "adopted": args.adopted,
            "keep": args.keep,
            "last_reset_at": None,
        }
        super().__init__(NeonResetProvider(), name, props, opts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeonPasswordArgs:
    """``password_after`` is RFC 3339; ``source`` names the branch that this one was copied from."""

    project_id: str
    branch_id: pulumi.Input[str]
    role: str
    password_after: str
    source: str | None
    mark: Mapping[str, str]
    adopted: bool


class NeonPassword(Resource, module="neon", name="Password"):
    """A role's password, never its value; ``set_at`` is when it was set, as far as is known, RFC 3339."""

    set_at: pulumi.Output[str]

    def __init__(self, name: str, args: NeonPasswordArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "project_id": args.project_id,
            "branch_id": args.branch_id,
            "role": args.role,
            "password_after": args.password_after,
            "source": args.source,
            "mark": dict(args.mark),
            "adopted": args.adopted,
            "set_at": None,
        }
        super().__init__(NeonPasswordProvider(), name, props, opts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeonGuardArgs:
    project_id: str
    branch: NeonBranch


class NeonGuard(Resource, module="neon", name="Guard"):
    """Stands before the deletion of a branch: whatever it depends on is deleted only after it was deleted itself."""

    def __init__(self, name: str, args: NeonGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "project_id": args.project_id,
            "branch_id": args.branch.id,
            "mark": args.branch.mark,
        }
        super().__init__(NeonGuardProvider(), name, props, opts)
