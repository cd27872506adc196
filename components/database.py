"""The environment's database: a Neon branch, its freshness and its connection, apart and wired by the branch's id.

Apart, because all outputs of a dynamic resource are unknown in every preview that updates it: resizing the compute
would otherwise show every parameter as changing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.naming import Identity
from components.neon.resources import (
    NeonBranch,
    NeonBranchArgs,
    NeonConnection,
    NeonConnectionArgs,
    NeonGuard,
    NeonGuardArgs,
    NeonPassword,
    NeonPasswordArgs,
    NeonReset,
    NeonResetArgs,
)
from components.preflight.findings import PasswordFindings
from components.settings.kinds import masking_rules
from components.settings.models import DatabaseSettings
from neon.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """``reset`` is there when the settings ask for fresh data; ``last_reset_at`` is Neon's time, empty for never.

    ``adopted`` is one that no destroy deletes.
    """

    project_id: str
    branch: NeonBranch
    reset: NeonReset | None
    connection: NeonConnection
    last_reset_at: pulumi.Input[str]
    adopted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseArgs:
    """``overwrites``, ``losses``, ``kept``, ``password`` and ``last_reset_at`` are what the pre-flight found.

    Only of ``production`` may the branch be the Neon project's default one.
    """

    identity: Identity
    settings: DatabaseSettings
    project_id: str
    overwrites: str | None
    losses: tuple[str, ...]
    kept: str | None
    password: PasswordFindings
    last_reset_at: str
    protect: bool
    production: bool


def declare_database(args: DatabaseArgs, parent: pulumi.Resource) -> Database:
    opts = pulumi.ResourceOptions(parent=parent, protect=args.protect)
    branch = NeonBranch(args.identity.name("database"), _branch_args(args), opts)
    for loss in args.losses:
        pulumi.log.warn(loss, resource=branch)
    if args.kept is not None:
        pulumi.log.info(args.kept, resource=branch)
    reset = _declare_reset(args, branch, parent)
    password = _declare_password(args, branch, parent, reset)
    opts = pulumi.ResourceOptions(parent=parent, depends_on=[reset] if reset else [])
    return Database(
        project_id=args.project_id,
        branch=branch,
        reset=reset,
        connection=NeonConnection(args.identity.name("connection"), _connection_args(args, branch, password), opts),
        last_reset_at=args.last_reset_at if reset is None else reset.last_reset_at,
        adopted=args.settings.adopt,
    )


def declare_guard(identity: Identity, database: Database, last: Sequence[pulumi.Resource]) -> None:
    """After the ``last`` of what a destroy takes away, so that it begins with the guard, and ends with it where Neon
    would not delete the branch. Not after the build: there is to be a guard also where that failed."""
    args = NeonGuardArgs(project_id=database.project_id, branch=database.branch)
    NeonGuard(identity.name("database"), args, pulumi.ResourceOptions(depends_on=[database.connection, *last]))


def _connection_args(args: DatabaseArgs, branch: NeonBranch, password: NeonPassword | None) -> NeonConnectionArgs:
    settings = args.settings
    return NeonConnectionArgs(
        project_id=args.project_id,
        branch_id=branch.id,
        database=settings.database,
        role=settings.role,
        allow_default=settings.adopt and args.production,
        anonymized=settings.kind is Kind.ANONYMIZED,
        password_set_at=password.set_at if password else None,
        parameters=settings.connection,
    )


def _declare_password(
    args: DatabaseArgs, branch: NeonBranch, parent: pulumi.Resource, reset: NeonReset | None
) -> NeonPassword | None:
    """After a reset: what that leaves is judged."""
    settings, found = args.settings, args.password
    if found.shares is not None:
        pulumi.log.warn(found.shares, resource=branch)
    if found.wanted is None:
        return None
    password = NeonPassword(
        args.identity.name("password"),
        NeonPasswordArgs(
            project_id=args.project_id,
            branch_id=branch.id,
            role=settings.role,
            password_after=found.wanted,
            source=settings.source,
            mark=args.identity.mark(args.identity.name("database")),
            adopted=settings.adopt,
        ),
        pulumi.ResourceOptions(parent=parent, depends_on=[reset] if reset else []),
    )
    if found.renews is not None:
        pulumi.log.warn(found.renews, resource=password)
    return password


def _declare_reset(args: DatabaseArgs, branch: NeonBranch, parent: pulumi.Resource) -> NeonReset | None:
    settings = args.settings
    if settings.fresh_after is None or settings.source is None:
        return None
    reset = NeonReset(
        args.identity.name("reset"),
        NeonResetArgs(
            project_id=args.project_id,
            branch_id=branch.id,
            source=settings.source,
            fresh_after=settings.fresh_after,
            database=settings.database,
            role=settings.role,
            mark=args.identity.mark(args.identity.name("database")),
            adopted=settings.adopt,
            keep=settings.keep,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    if args.overwrites is not None:
        # A dynamic provider's diff has no text of its own in a preview: it is said here.
        pulumi.log.warn(args.overwrites, resource=reset)
    return reset


def _branch_args(args: DatabaseArgs) -> NeonBranchArgs:
    settings = args.settings
    return NeonBranchArgs(
        project_id=args.project_id,
        name=settings.branch,
        mark=args.identity.mark(args.identity.name("database")),
        source=settings.source,
        kind=settings.kind,
        masking=masking_rules(settings),
        adopt=settings.adopt,
        protected=settings.protected,
        ttl=settings.ttl,
        compute=settings.compute.model_dump(exclude_none=True),
    )
