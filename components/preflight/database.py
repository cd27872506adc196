"""The Neon side: exactly one project, its source, and a branch of our name that is ours or free."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from components.naming import Identity
from components.preflight.findings import DatabaseFindings
from components.settings.models import DatabaseSettings
from components.settings.problems import Problem
from neon.branches import find_branch, require_owned
from neon.client import NeonClient
from neon.errors import NeonError, NeonRefused


def check_database(
    database: DatabaseSettings | None, identity: Identity, client: Callable[[], NeonClient]
) -> DatabaseFindings:
    """Findings for a declared database; no request is made without one."""
    if database is None:
        return DatabaseFindings()
    path = f"{identity.project}:database"
    try:
        return _look(database, identity, client(), path)
    except NeonError as error:
        return DatabaseFindings(problems=(Problem(path=path, text=str(error)),))


def _look(database: DatabaseSettings, identity: Identity, client: NeonClient, path: str) -> DatabaseFindings:
    ids = [p.id for p in client.projects(database.project) if database.project in (p.name, p.id)]
    if len(ids) != 1:
        return DatabaseFindings(problems=(_not_one(f"{path}.project", database.project, ids),))
    problems = tuple(_branches(database, identity, client, ids[0], path))
    return DatabaseFindings(project_id=ids[0], problems=problems)


def _not_one(path: str, name: str, ids: list[str]) -> Problem:
    if not ids:
        return Problem(path=path, text=f"this API key sees no Neon project {name!r}: correct the name, or use its id")
    return Problem(path=path, text=f"{len(ids)} Neon projects are named {name!r}: use one of the ids {', '.join(ids)}")


def _branches(
    database: DatabaseSettings, identity: Identity, client: NeonClient, project_id: str, path: str
) -> Iterator[Problem]:
    if database.source is not None and find_branch(client, project_id, database.source) is None:
        yield Problem(
            path=f"{path}.source", text=f"the Neon project has no branch {database.source!r}: correct the name"
        )
    branch = find_branch(client, project_id, database.branch)
    if branch is None and database.adopt:
        text = f"the Neon project has no branch {database.branch!r} to adopt: correct the name, or leave adopt out"
        yield Problem(path=f"{path}.branch", text=text)
    if branch is not None:
        try:
            require_owned(branch, identity.mark(identity.name("database")), adopted=database.adopt)
        except NeonRefused as refused:
            yield Problem(path=f"{path}.branch", text=str(refused))
