"""What the branch's variables tell a build: the other side of build/environment. Pure, plain, never a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.naming import MIGRATIONS, NONE
from components.settings.models import Settings
from hosting.backends import backend_stack, secret_path
from hosting.deployments import PIN

if TYPE_CHECKING:
    import pulumi

MIGRATION_COMMAND = "MIGRATION_COMMAND"
BACKEND_MODE = "BACKEND_MODE"
BACKEND_BRANCH = "BACKEND_BRANCH"
BACKEND_STACK = "BACKEND_STACK"
PLAIN_NAMES = "PLAIN_NAMES"
FORCE = "BUILD_FORCE"
NAMES = frozenset(
    {
        MIGRATIONS,
        MIGRATION_COMMAND,
        "REQUIRED",
        BACKEND_MODE,
        BACKEND_BRANCH,
        BACKEND_STACK,
        "BACKEND_FILES",
        "BACKEND_SECRETS",
        "BACKEND_VARIABLES",
        PLAIN_NAMES,
        "RUNTIME",
        "RUNTIME_NAMES",
        FORCE,
        PIN,  # of a rollback alone: the up that ends one takes it away
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """``plain`` are the names of all other variables, ``kept`` those that an adopted branch had before, ``secret``
    those of all parameters of the environment."""

    plain: tuple[str, ...]
    kept: tuple[str, ...]
    secret: tuple[str, ...]


def build_variables(settings: Settings, app_id: pulumi.Input[str], names: Names) -> dict[str, pulumi.Input[str]]:
    """``app_id`` may not be known yet, and then the backend's stack is not."""
    found = {
        **_migrations(settings),
        "REQUIRED": _words(name for name in settings.required if name not in settings.application.backend_variables),
        **_backend(settings, app_id),
        "BACKEND_VARIABLES": _words(f"{key}={use}" for key, use in settings.application.backend_variables.items()),
        PLAIN_NAMES: _words(sorted((*names.plain, *names.kept))),
        **_runtime(settings, names),
        FORCE: settings.build.force,
    }
    return {key: value for key, value in found.items() if value}


def _migrations(settings: Settings) -> dict[str, str]:
    if settings.database is None:
        return {MIGRATIONS: NONE}
    commands = settings.application.migrate
    kind = settings.database.migrations
    return {MIGRATIONS: kind, MIGRATION_COMMAND: commands.push if kind == "push" else commands.deploy}


def _backend(settings: Settings, app_id: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    mode, source = settings.backend.mode, settings.backend.source
    if mode == "none":
        return {BACKEND_MODE: NONE}
    whose = source or settings.environment.git_branch
    found = {BACKEND_MODE: mode, BACKEND_STACK: _of_app(app_id, lambda app: backend_stack(app, whose))}
    if source is not None:
        return {**found, BACKEND_BRANCH: source}
    own = {**found, "BACKEND_FILES": _words(settings.application.backend_files)}
    if settings.branch_secrets:
        own["BACKEND_SECRETS"] = _of_app(app_id, lambda app: secret_path(app, whose))
    return own


def _of_app(app_id: pulumi.Input[str], name: Callable[[str], str]) -> pulumi.Input[str]:
    if isinstance(app_id, str):
        return name(app_id)
    import pulumi  # only a program has ids that are not known yet, and it has the SDK

    return pulumi.Output.all(app_id).apply(lambda found: name(found[0]))


def _runtime(settings: Settings, names: Names) -> dict[str, str]:
    """What the file for the run time holds: server-side rendering sees no variable of the branch by itself. What steers
    Amplify's builds, such as ``_LIVE_UPDATES``, is not for it unless somebody says so."""
    application = settings.application
    if application.runtime == "none":
        return {"RUNTIME": application.runtime}
    secret = names.secret if application.runtime == "artifact" else ()
    kept = (name for name in names.kept if not name.startswith("_"))
    every = sorted({*names.plain, *kept, *secret, *application.backend_variables})
    declared = application.runtime_names
    return {"RUNTIME": application.runtime, "RUNTIME_NAMES": _words(every if declared is None else declared)}


def _words(parts: Iterable[str]) -> str:
    return " ".join(parts)
