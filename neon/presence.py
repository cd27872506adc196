"""Which projects an API key sees, and so what a 404 tells: that a thing is gone, or that the key sees nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from neon.client import NeonClient
from neon.errors import NeonNoProject, NeonNotFound
from neon.models import Project

_NAMED = 10


def projects_named(client: NeonClient, name: str) -> list[Project]:
    """Those that have exactly this name or id; Neon's own search finds parts of both. Several may have one name."""
    return [project for project in client.projects(name) if name in (project.id, project.name)]


def some_branches(client: NeonClient, project_id: str) -> str:
    """Names of the project's branches for a message: the ten oldest, for others were made from those."""
    found = list(islice(client.branches(project_id, oldest_first=True), _NAMED + 1))
    names = [repr(branch.name) for branch in found[:_NAMED]]
    return ", ".join([*names, "and more"] if len(found) > _NAMED else names)


def is_there(ask: Callable[[], object]) -> bool:
    """Whether Neon has what ``ask`` asks it for."""
    try:
        ask()
    except NeonNotFound:
        return False
    return True


def sees_project(client: NeonClient, project_id: str) -> bool:
    """Whether there is such a project for this API key, at this address."""
    return is_there(lambda: client.project(project_id))


def require_project(client: NeonClient, project_id: str) -> None:
    """Raises NeonNoProject where the project does not show: then that a branch of it does not show tells nothing."""
    if not sees_project(client, project_id):
        raise NeonNoProject(
            f"this API key sees no Neon project {project_id}, so nothing tells whether what is in it is gone: nothing "
            "was changed. Check the key (NEON_API_KEY, or neon:apiKey), that it is of the account which has the "
            "project, and NEON_API_HOST. If the project was deleted, all its data with it, say so: run the same "
            f"command with NEON_DELETED_PROJECT={project_id} in its environment"
        )
