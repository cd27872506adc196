"""Making projects: what is there already is left as it is, unless another of the same name is asked for."""

from __future__ import annotations

import threading

from localcloud.neon import bodies, compute, errors
from localcloud.neon.bodies import NewEndpoint, SeedProject
from localcloud.neon.context import Context, Json
from localcloud.neon.names import Names
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.postgres.sql import RootDatabase
from localcloud.neon.records import Branch, Database, Endpoint, Operation, Project, Role, Transition


class Seeder:
    """Makes one project at a time. Nothing of a project is remembered before its database answers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._one_at_a_time = threading.Lock()

    def seed(self, raw: bytes) -> Json:
        """Returns the projects asked for, with the ids of their root branches, and whether each was made now."""
        wanted = bodies.read_body(bodies.Seed, raw).projects
        with self._one_at_a_time:
            return {"projects": [self._ensure(project) for project in wanted]}

    def _ensure(self, wanted: SeedProject) -> Json:
        store = self._context.store
        named = [project for project in list(store.projects.values()) if project.name == wanted.name]
        known = [] if wanted.another else named
        project = known[0] if known else self._make(wanted)
        root = next(branch for branch in store.branches_of(project.id) if branch.default)
        return {"id": project.id, "name": project.name, "branch_id": root.id, "created": not known}

    def _make(self, wanted: SeedProject) -> Project:
        now, store, names = self._context.clock(), self._context.store, self._context.names
        role = Role(name=wanted.role, password=names.password(), created_at=now, updated_at=now)
        root = RootDatabase(
            role=role.name, password=role.password, database=wanted.database, statements=tuple(wanted.sql)
        )
        number = store.new_cluster()
        try:
            size = self._context.clusters.create_root(number, root)
        except PostgresError as error:
            self._context.clusters.remove(number)
            raise errors.bad_request(f"project {wanted.name}: {error}") from None
        project = Project(
            id=names.project_id(),
            name=wanted.name,
            created_at=now,
            updated_at=now,
            store_passwords=wanted.store_passwords,
        )
        branch = _branch(names.branch_id(), project, wanted, role, number).model_copy(update={"logical_size": size})
        endpoint = compute.new_endpoint(
            self._context, NewEndpoint(type="read_write"), project_id=project.id, branch_id=branch.id
        )
        store.commit(put=[project, branch, endpoint, *_operations(names, branch, endpoint)])
        return project


def _branch(branch_id: str, project: Project, wanted: SeedProject, role: Role, cluster: int) -> Branch:
    now = project.created_at
    return Branch(
        id=branch_id,
        project_id=project.id,
        name=wanted.branch,
        parent_id=None,
        default=True,
        created_at=now,
        updated_at=now,
        roles=(role,),
        databases=(Database(id=cluster, name=wanted.database, owner=role.name, created_at=now),),
        state=Transition(was="init", becomes="ready", operation_id=None, since=now),
        cluster=cluster,
    )


def _operations(names: Names, branch: Branch, endpoint: Endpoint) -> list[Operation]:
    """What Neon would have done to get here."""
    now = branch.created_at
    return [
        Operation(
            id=names.operation_id(),
            project_id=branch.project_id,
            branch_id=branch.id,
            endpoint_id=endpoint_id,
            action=action,
            created_at=now,
            start_at=start,
            finish_at=start,
        )
        for action, endpoint_id, start in (("create_timeline", None, now - 1e-6), ("start_compute", endpoint.id, now))
    ]
