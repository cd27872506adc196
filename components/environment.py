"""One environment: its database, parameters and Amplify branch, and the outputs that builds and people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.address import branch_address
from components.amplify.resources import AmplifyComputeRole
from components.app import AppReference, app_reference
from components.branch import BranchArgs, declare_branch
from components.build import Build, BuildArgs, declare_build
from components.copies import declare_copies
from components.database import Database, DatabaseArgs, declare_database
from components.domain import DomainArgs, OwnDomain, declare_domain
from components.naming import DATABASE_URL, DIRECT_URL
from components.parameters import ParametersArgs, declare_parameters, settings_values
from components.runtime import RuntimeArgs, declare_runtime
from components.stack import Stack
from components.variables import KEPT, branch_variables
from hosting.moments import now


class Environment(pulumi.ComponentResource):
    """All that a stack owns. ``outputs`` are the stack's outputs, the connection strings among them secret. Of what a
    destroy takes away, ``last`` is that of which nothing else of it is made: the rest goes only after these."""

    database: Database | None
    last: Sequence[pulumi.Resource]
    outputs: dict[str, pulumi.Input[Any]]

    def __init__(self, stack: Stack, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("environments:index:Environment", stack.identity.stack, None, opts)
        self._stack = stack
        self._tags = {
            **stack.identity.tags,
            "environment": stack.identity.stack,
            "owner": stack.settings.environment.owner,
        }
        values = settings_values(stack.settings)
        self._made = _made(stack)
        self.database = database = self._declare_database()
        app = app_reference(stack.identity, stack.settings.app, stack.findings.hosting.app, parent=self)
        own, copies = self._declare_parameters(values, database, app)
        parameters = {**own, **copies}
        self._address = branch_address(stack.settings.environment, app.default_domain)
        self._variables = branch_variables(stack.identity, stack.settings, stack.known(self._address, app.id))
        self._kept = stack.kept_variables()
        branch = self._declare_branch(app, parameters)
        role = self._declare_runtime(app, branch)
        reset = database.reset if database is not None else None
        build = self._declare_build(branch, parameters, database, [one for one in (reset, role) if one is not None])
        domain = self._declare_domain(app, branch, build)
        ends = (branch, role, None if domain is None else domain.association, build.history)
        self.last = [one for one in ends if one is not None]
        self.outputs = {
            **_environment_outputs(stack, app, branch),
            "url": self._address,
            "parameters": {key: parameter.name for key, parameter in own.items()},
            **({} if domain is None else domain.outputs),
            **_build_outputs(build),
            **_database_outputs(database),
        }
        self.register_outputs({})

    def _declare_database(self) -> Database | None:
        settings, found = self._stack.settings, self._stack.findings.database
        if settings.database is None or found.project_id is None:
            return None
        args = DatabaseArgs(
            identity=self._stack.identity,
            settings=settings.database,
            project_id=found.project_id,
            overwrites=found.overwrites,
            losses=(*found.losses, *found.notices),
            kept=found.kept,
            password=found.password,
            last_reset_at=found.last_reset_at,
            protect=settings.environment.production or bool(settings.database.protected),
            production=settings.environment.production,
        )
        return declare_database(args, self)

    def _declare_parameters(
        self, values: dict[str, pulumi.Output[str]], database: Database | None, app: AppReference
    ) -> tuple[dict[str, aws.ssm.Parameter], dict[str, aws.ssm.Parameter]]:
        """The environment's own, and their copies where Amplify looks for secrets."""
        if database is not None:
            values[DATABASE_URL] = database.connection.database_url
            values[DIRECT_URL] = database.connection.direct_url
        identity, settings = self._stack.identity, self._stack.settings
        args = ParametersArgs(
            identity=identity,
            values=values,
            tags=self._tags,
            existing=self._stack.findings.hosting.parameters,
            adopted={identity.parameter(key) for key in settings.environment.adopt_parameters},
            protect=settings.environment.production,
        )
        return declare_parameters(args, self), declare_copies(args, settings, app, self)

    def _declare_branch(self, app: AppReference, parameters: Mapping[str, aws.ssm.Parameter]) -> aws.amplify.Branch:
        environment = self._stack.settings.environment
        host = environment.host if environment.domain else None
        own = self._stack.identity.branch_tags(self._made, host, adopted=environment.adopt)
        args = BranchArgs(
            identity=self._stack.identity,
            app=app,
            environment=environment,
            variables={**_hidden(self._kept), **self._variables},
            tags={**self._tags, **own},
            existing=self._stack.findings.hosting.branch is not None,
        )
        # A branch builds by itself from its first moment on, and its variables tell that there is a database.
        return declare_branch(args, self, after=list(parameters.values()))

    def _declare_runtime(self, app: AppReference, branch: aws.amplify.Branch) -> AmplifyComputeRole | None:
        settings = self._stack.settings
        if settings.application.runtime != "ssm":
            return None
        args = RuntimeArgs(
            identity=self._stack.identity,
            app=app,
            branch=branch,
            tags=self._tags,
            existing=self._stack.findings.hosting.role,
            timeout=settings.build.timeout,
        )
        return declare_runtime(args, self)

    def _declare_domain(self, app: AppReference, branch: aws.amplify.Branch, build: Build) -> OwnDomain | None:
        environment, found = self._stack.settings.environment, self._stack.findings.hosting.domain
        if not environment.domain or environment.host is None:
            return None
        args = DomainArgs(
            identity=self._stack.identity,
            host=environment.host,
            app=app,
            branch=branch,
            found=found,
            adopt=environment.adopt,
            built=build.done,
        )
        return declare_domain(args, self)

    def _declare_build(
        self,
        branch: aws.amplify.Branch,
        parameters: Mapping[str, aws.ssm.Parameter],
        database: Database | None,
        after: Sequence[pulumi.Resource],
    ) -> Build:
        args = BuildArgs(
            identity=self._stack.identity,
            settings=self._stack.settings,
            address=self._address,
            branch=branch,
            variables={**self._variables, **_kept_names(self._kept)},
            parameters=parameters,
            last_reset_at=database.last_reset_at if database is not None else "",
            made=self._made,
            history=self._stack.history,
            elsewhere=self._stack.elsewhere,
        )
        return declare_build(args, self, after)


def _hidden(kept: Mapping[str, str]) -> dict[str, pulumi.Input[str]]:
    """What somebody set by hand may be a secret: neither printed nor in clear in the state."""
    return {key: value if key == KEPT else pulumi.Output.secret(value) for key, value in kept.items()}


def _kept_names(kept: Mapping[str, str]) -> dict[str, str]:
    """What a build of the branch still has, or no longer has, of what was set by hand: never the values."""
    return {KEPT: kept[KEPT]} if KEPT in kept else {}


def _made(stack: Stack) -> str:
    """When the Amplify branch was made, as its tag says; now, when it is made by this very run, or adopted by it and
    not built for this stack yet: a destroy takes away what earlier builds were for. One that is adopted instead of
    another is the newer of both, which tells that a change was begun."""
    found, adopt = stack.findings.hosting, stack.settings.environment.adopt
    adopted = (found.adopting_branch and not stack.history) or (adopt and found.made_first)
    return now() if found.made is None or adopted else found.made


def _environment_outputs(stack: Stack, app: AppReference, branch: aws.amplify.Branch) -> dict[str, pulumi.Input[Any]]:
    environment = stack.settings.environment
    return {
        "environment": stack.identity.stack,
        "git_branch": environment.git_branch,
        "adopted": environment.adopt,
        "app_id": app.id,
        "branch_arn": branch.arn,
        "parameter_prefix": stack.identity.parameter_prefix,
        "backend_mode": stack.settings.backend.mode,
    }


def _build_outputs(build: Build) -> dict[str, pulumi.Input[Any]]:
    return {"stamp": build.stamp, "build_job_id": build.job_id, "build_status": build.status}


def _database_outputs(database: Database | None) -> dict[str, pulumi.Input[Any]]:
    if database is None:
        return {}
    connection = database.connection
    return {
        "neon_project_id": database.project_id,
        "neon_branch_id": database.branch.id,
        "neon_endpoint_host": connection.host,
        "last_reset_at": database.last_reset_at,
        "database_url": pulumi.Output.secret(connection.database_url),
        "direct_url": pulumi.Output.secret(connection.direct_url),
    }
