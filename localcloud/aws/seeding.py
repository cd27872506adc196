"""What must be there before a program can begin: apps and parameters that a person would have made by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

from localcloud.aws.amplify import apps
from localcloud.aws.amplify.context import Context, check_variables
from localcloud.aws.amplify.state import App
from localcloud.aws.bodies import Seed, SeedApp
from localcloud.aws.services import Services


def plant(services: Services, seed: Seed) -> dict[str, object]:
    """Make what is missing; what was named, with the ids that it has.

    Raises:
        AwsError: where AWS would refuse to make it.
    """
    found = [services.amplify.change(seed.region, partial(_app, app)) for app in seed.apps]
    for one in seed.parameters:
        services.parameters.seed(region=seed.region, name=one.name, value=one.value, kind=one.type)
    return {
        "apps": [{"name": app.fields["name"], "appId": app.app_id} for app in found],
        "parameters": [one.name for one in seed.parameters],
    }


def _app(seed: SeedApp, context: Context) -> App:
    for app in context.state.in_region(context.region):
        if app.fields["name"] == seed.name:
            return app
    asked: dict[str, Any] = seed.model_dump()
    asked["repository"] = seed.repository or f"https://github.com/example/{seed.name}"
    check_variables(asked)
    return apps.make(context, asked)
