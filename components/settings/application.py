"""What the application's builds do: what it reads at run time, how it migrates, what its backend is made of."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.settings.shapes import CONNECTION_STRING, Key, Section

Purpose = Literal[
    "api_id",
    "api_key",
    "app_id",
    "bucket",
    "graphql_url",
    "identity_pool_id",
    "user_pool_client_id",
    "user_pool_id",
]


def _command(value: str) -> str:
    if not value.strip() or "\n" in value:
        raise ValueError("must be one line for a shell")
    if CONNECTION_STRING.search(value):
        raise ValueError(
            "holds a connection string with credentials, and a command is a plain variable: take it out, the command "
            "finds DATABASE_URL and DIRECT_URL in its environment"
        )
    return value


_PUSHES = re.compile(r"(?:.*:)?push(?::.*)?|.*migrate:(?:reset|dev)", re.IGNORECASE)
Command = Annotated[str, AfterValidator(_command), Field(max_length=5500)]
# Git's pathspecs begin with a colon, and the list of them is parted by spaces.
Files = Annotated[str, Field(pattern=r"^[^\s:]\S*$")]


def _loses_data(command: str) -> bool:
    """Whether its words push a schema or wipe one. What a script does that it runs is not looked into."""
    words = _words(command)
    pushes = any(_PUSHES.fullmatch(word) for before, word in pairwise(["", *words]) if before != "git")
    return pushes or ("migrate" in words and not {"reset", "dev"}.isdisjoint(words))


def _words(command: str) -> list[str]:
    """Those of the whole line, however they are quoted or parted: of a script in quotes too."""
    return re.sub(r"[\s;&|()<>\"'\\`]+", " ", command.replace("\\", "")).split()


class MigrateSettings(Section):
    """The commands, for a shell in the application's folder with the environment's parameters in its environment."""

    deploy: Command = "npx prisma migrate deploy"
    push: Command = "npx prisma db push --accept-data-loss"

    @model_validator(mode="after")
    def _deploys_without_a_push(self) -> Self:
        if self.deploy == self.push or _loses_data(self.deploy):
            raise ValueError(
                "deploy must not push the schema, nor reset it, for that may lose data, and production runs it: it "
                "applies migrations, and push is a command of its own, for environments with migrations: push"
            )
        return self


class ApplicationSettings(Section):
    """``runtime`` is where the application finds parameters at run time: in SSM, in a file of the artifact, nowhere.

    ``runtime_names`` are those that ``.env.production`` holds: by default all of the environment's with ``artifact``,
    and all plain ones with ``ssm`` (what an adopted branch keeps is among them), for server-side rendering sees no
    variable of the branch by itself.
    ``backend_files`` are git's globs: a backend is deployed when one of them has changed. ``backend_variables`` goes by
    name.
    """

    runtime: Literal["ssm", "artifact", "none"] = "none"
    runtime_names: list[Key] | None = None
    migrate: MigrateSettings = MigrateSettings()
    backend_files: list[Files] = Field(default=["amplify/**"], min_length=1)
    backend_variables: dict[Key, Purpose] = Field(default={})
