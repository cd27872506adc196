"""What a 404 tells: that a thing is gone, or that this API key sees nothing of its project at all."""

from __future__ import annotations

from neon.client import NeonClient
from neon.errors import NeonNoProject, NeonNotFound


def sees_project(client: NeonClient, project_id: str) -> bool:
    """Whether there is such a project for this API key, at this address."""
    try:
        client.project(project_id)
    except NeonNotFound:
        return False
    return True


def require_project(client: NeonClient, project_id: str) -> None:
    """Raises NeonNoProject where the project does not show: then that a branch of it does not show tells nothing."""
    if not sees_project(client, project_id):
        raise NeonNoProject(
            f"this API key sees no Neon project {project_id}, so nothing tells whether what is in it is gone: nothing "
            "was changed. Check the key (NEON_API_KEY, or neon:apiKey), that it is of the account which has the "
            "project, and NEON_API_HOST. If the project was deleted, all its data with it, say so: run the same "
            f"command with NEON_DELETED_PROJECT={project_id} in its environment"
        )
