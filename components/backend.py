"""Which backend an environment's application talks to. Pure."""

from __future__ import annotations

from components.settings.models import BackendSettings
from hosting.backends import backend_stack


def backend_in_use(backend: BackendSettings, git_branch: str, app_id: str) -> str:
    """The CloudFormation stack of the backend, its own or the one that it shares; empty for none."""
    if backend.mode == "none":
        return ""
    return backend_stack(app_id, backend.source or git_branch)
