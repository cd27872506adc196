"""The plain variables of an environment: computed ones, the project's layer, the stack's layer over it. Pure."""

from __future__ import annotations

import pulumi

from components.naming import DATABASE_URL, DIRECT_URL, MIGRATIONS, Identity
from components.settings.models import DatabaseSettings, Parameters, Settings, Variables

ADDRESS = "NEXTAUTH_URL"


def computed_variables(identity: Identity, database: DatabaseSettings | None) -> dict[str, str]:
    """What follows from the rest of the settings. Never empty: Amplify cannot clear a branch's map."""
    computed = {"APP_ENV": identity.stack, "PARAMETER_PREFIX": identity.parameter_prefix}
    if database is not None:
        computed[MIGRATIONS] = database.migrations
    return computed


def layered(common: Variables, own: Variables) -> dict[str, str]:
    """``own`` over ``common``; null takes a key away."""
    return {key: value for key, value in {**common, **own}.items() if value is not None}


def branch_variables(
    identity: Identity, settings: Settings, address: pulumi.Input[str]
) -> dict[str, pulumi.Input[str]]:
    """The whole variable map of the Amplify branch, in a stable order; ``address`` may not be known yet."""
    plain = layered(settings.common_variables, settings.variables)
    computed = {**computed_variables(identity, settings.database), **_backend(settings)}
    found: dict[str, pulumi.Input[str]] = {**plain, **computed, ADDRESS: address}
    return dict(sorted(found.items()))


def _backend(settings: Settings) -> dict[str, str]:
    if settings.backend.mode == "none":
        return {}
    shared = {"BACKEND_BRANCH": settings.backend.source} if settings.backend.source else {}
    return {"BACKEND_MODE": settings.backend.mode, **shared}


def parameter_keys(database: DatabaseSettings | None, parameters: Parameters, secrets: dict[str, object]) -> set[str]:
    """Keys of all the environment's SSM parameters."""
    own = {DATABASE_URL, DIRECT_URL} if database is not None else set()
    return own | parameters.keys() | secrets.keys()
