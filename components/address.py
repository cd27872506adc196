"""Where an environment is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.naming import default_url
from components.settings.models import EnvironmentSettings

if TYPE_CHECKING:
    import pulumi  # the commands of ops need addresses too, and not the SDK's third of a second


def branch_address(
    environment: EnvironmentSettings, default_domain: str | pulumi.Output[str]
) -> str | pulumi.Output[str]:
    """Where the environment is found: its own address, or Amplify's, which may not be known before the app is made."""
    if environment.url is not None:
        return environment.url
    if isinstance(default_domain, str):
        return default_url(environment.git_branch, default_domain)
    return default_domain.apply(lambda domain: default_url(environment.git_branch, domain))
