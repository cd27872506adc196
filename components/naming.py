"""Names and labels of everything that a stack owns. Pure; a change here renames live things, so tests pin it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

DATABASE_URL = "DATABASE_URL"
DIRECT_URL = "DIRECT_URL"
MADE = "pulumi:made"
DOMAIN = "pulumi:domain"
ADOPTED = "pulumi:adopted"
MIGRATIONS = "MIGRATIONS"
NONE = "none"
"""What a branch says that has no migrations, or no backend: said, for a variable of the app would reach it else."""
_ROLE_NAME = 64  # characters that IAM takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which project and stack this is. The stack's name is the environment's."""

    project: str
    stack: str

    @property
    def parameter_prefix(self) -> str:
        """Where the environment's SSM parameters are, without a slash at the end."""
        return f"/{self.project}/{self.stack}"

    @property
    def deployments(self) -> str:
        """Where the deployments are noted: not below the prefix, for nothing in there is the application's."""
        return f"/{self.project}/.deployments/{self.stack}"

    def branch_tags(self, made: str, domain: str | None = None, *, adopted: bool = False) -> dict[str, str]:
        """The tags of the Amplify branch; ``made`` is when it was made, so that one made anew is built anew, ``domain``
        the host name whose association is this stack's: an association has no tags of its own. A destroy leaves all of
        them on a branch that was ``adopted``, which must not be taken for the stack's own then."""
        more = {DOMAIN: domain, ADOPTED: "true" if adopted else None}
        return {**self.tags, MADE: made, **{key: value for key, value in more.items() if value is not None}}

    @property
    def tags(self) -> dict[str, str]:
        """The tags that tell AWS resources of this stack from everybody else's."""
        return {"pulumi:project": self.project, "pulumi:stack": self.stack}

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether something with these tags is this stack's."""
        return self.tags.items() <= tags.items()

    @property
    def runtime_role(self) -> str:
        """The IAM role of the application at run time. No project's or stack's name holds an @."""
        name = f"{self.project}@{self.stack}"
        if len(name) <= _ROLE_NAME:
            return name
        return f"{name[: _ROLE_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def parameter(self, key: str) -> str:
        return f"{self.parameter_prefix}/{key}"

    def mark(self, logical_name: str) -> dict[str, str]:
        """The annotation of a Neon branch of this stack."""
        return {**self.tags, "pulumi:name": logical_name}

    def name(self, part: str) -> str:
        """A resource's logical name."""
        return f"{self.stack}-{part}"


def default_url(git_branch: str, default_domain: str) -> str:
    """Amplify's own address for a branch."""
    return f"https://{git_branch.replace('/', '-').lower()}.{default_domain}"
