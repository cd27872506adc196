"""What must be there before a program can begin: apps and parameters that a person would have made by hand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from localcloud.aws.amplify import apps, branches
from localcloud.aws.amplify.context import Context, check_variables
from localcloud.aws.amplify.state import App, is_local
from localcloud.aws.bodies import Seed, SeedApp, SeedBranch
from localcloud.aws.services import Services
from localcloud.gen2 import backend as backends
from localcloud.gen2 import definition as definitions
from localcloud.gen2.backend import Backend


def plant(services: Services, seed: Seed) -> dict[str, object]:
    """Make what is missing; what was named, with the ids that it has.

    Raises:
        AwsError: where AWS would refuse to make it.
    """
    found = []
    for one in seed.apps:
        app, is_new = services.amplify.change(seed.region, partial(_app, one))
        found.append(app)
        for branch in one.branches if is_new else ():
            _deploy(services, seed.region, app, branch)
    for parameter in seed.parameters:
        services.parameters.seed(region=seed.region, name=parameter.name, value=parameter.value, kind=parameter.type)
    return {
        "apps": [{"name": app.fields["name"], "appId": app.app_id} for app in found],
        "parameters": [one.name for one in seed.parameters],
    }


def _app(seed: SeedApp, context: Context) -> tuple[App, bool]:
    """The app, and whether it was made just now."""
    for app in context.state.in_region(context.region):
        if app.fields["name"] == seed.name:
            return app, False
    asked: dict[str, Any] = seed.model_dump(exclude={"branches"})
    asked["repository"] = seed.repository or f"https://github.com/example/{seed.name}"
    check_variables(asked)
    app = apps.make(context, asked)
    for branch in seed.branches:
        branches.create(context, _asked(app, branch))
    return app, True


def _asked(app: App, seed: SeedBranch) -> dict[str, Any]:
    stage = {"stage": seed.stage} if seed.stage else {}
    named = {"appId": app.app_id, "branchName": seed.name}
    return {**named, **stage, "environmentVariables": dict(seed.environmentVariables)}


def _deploy(services: Services, region: str, app: App, branch: SeedBranch) -> None:
    """The backend's stack, as the stand-in for `ampx` deploys it."""
    local = is_local(app.repository)
    folder = Path(app.repository.removeprefix("file://"), "amplify")
    definition = definitions.read(folder) if branch.backend and local else None
    if definition is None:
        return
    whose = Backend(namespace=app.app_id, name=branch.name)
    values = backends.outputs(definition, {}, whose.kind, region)
    body = backends.template(definition, values)
    services.resources.seed_stack(region=region, name=whose.stack, body=body, tags=whose.tags)
