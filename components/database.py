"""The environment's database: a Neon branch and the connection to it, apart and wired by the branch's id.

Apart, because all outputs of a dynamic resource are unknown in every preview that updates it: resizing the compute
would otherwise show every parameter as changing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.naming import Identity
from components.neon.resources import NeonBranch, NeonBranchArgs, NeonConnection, NeonConnectionArgs
from components.settings.models import DatabaseSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    project_id: str
    branch: NeonBranch
    connection: NeonConnection


def declare_database(
    identity: Identity, settings: DatabaseSettings, project_id: str, *, protect: bool, parent: pulumi.Resource
) -> Database:
    opts = pulumi.ResourceOptions(parent=parent, protect=protect)
    branch = NeonBranch(identity.name("database"), _branch_args(identity, settings, project_id), opts)
    connection = NeonConnection(
        identity.name("connection"),
        NeonConnectionArgs(
            project_id=project_id,
            branch_id=branch.id,
            database=settings.database,
            role=settings.role,
            allow_default=settings.adopt,
            parameters=settings.connection,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    return Database(project_id=project_id, branch=branch, connection=connection)


def _branch_args(identity: Identity, settings: DatabaseSettings, project_id: str) -> NeonBranchArgs:
    return NeonBranchArgs(
        project_id=project_id,
        name=settings.branch,
        mark=identity.mark(identity.name("database")),
        source=settings.source,
        adopt=settings.adopt,
        protected=settings.protected,
        compute=settings.compute.model_dump(exclude_none=True),
    )
