"""One environment: its database, parameters and Amplify branch, and the outputs that builds and people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.app import app_reference
from components.branch import BranchArgs, declare_branch
from components.database import Database, declare_database
from components.naming import DATABASE_URL, DIRECT_URL, default_url
from components.parameters import ParametersArgs, declare_parameters, settings_values
from components.stack import Stack
from components.variables import branch_variables


class Environment(pulumi.ComponentResource):
    """All that a stack owns. ``outputs`` are the stack's outputs, the connection strings among them secret."""

    outputs: dict[str, pulumi.Input[Any]]

    def __init__(self, stack: Stack, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("environments:index:Environment", stack.identity.stack, None, opts)
        self._stack = stack
        self._tags = {
            **stack.identity.tags,
            "environment": stack.identity.stack,
            "owner": stack.settings.environment.owner,
        }
        database = self._declare_database()
        parameters = self._declare_parameters(database)
        self.outputs = self._declare_branch() | _parameter_outputs(parameters) | _database_outputs(database)
        self.register_outputs({})

    def _declare_database(self) -> Database | None:
        settings, project_id = self._stack.settings, self._stack.findings.database.project_id
        if settings.database is None or project_id is None:
            return None
        protect = settings.environment.production or settings.database.protected
        return declare_database(self._stack.identity, settings.database, project_id, protect=protect, parent=self)

    def _declare_parameters(self, database: Database | None) -> dict[str, aws.ssm.Parameter]:
        values = settings_values(self._stack.settings)
        if database is not None:
            values[DATABASE_URL] = database.connection.database_url
            values[DIRECT_URL] = database.connection.direct_url
        args = ParametersArgs(
            identity=self._stack.identity,
            values=values,
            tags=self._tags,
            existing=self._stack.findings.hosting.parameters,
            protect=self._stack.settings.environment.production,
        )
        return declare_parameters(args, self)

    def _declare_branch(self) -> dict[str, pulumi.Input[Any]]:
        identity, settings, hosting = self._stack.identity, self._stack.settings, self._stack.findings.hosting
        environment = settings.environment
        app = app_reference(identity, settings.app, hosting.app, parent=self)
        branch = declare_branch(
            BranchArgs(
                identity=identity,
                app=app,
                environment=environment,
                variables=branch_variables(identity, settings),
                tags=self._tags,
                existing=hosting.branch,
            ),
            self,
        )
        domain = pulumi.Output.from_input(app.default_domain)
        return {
            "environment": identity.stack,
            "git_branch": environment.git_branch,
            "app_id": app.id,
            "branch_arn": branch.arn,
            "url": environment.url or domain.apply(lambda name: default_url(environment.git_branch, name)),
            "parameter_prefix": identity.parameter_prefix,
            "backend_mode": settings.backend.mode,
        }


def _parameter_outputs(parameters: Mapping[str, aws.ssm.Parameter]) -> dict[str, pulumi.Input[Any]]:
    return {"parameters": {key: parameter.name for key, parameter in parameters.items()}}


def _database_outputs(database: Database | None) -> dict[str, pulumi.Input[Any]]:
    if database is None:
        return {}
    connection = database.connection
    return {
        "neon_project_id": database.project_id,
        "neon_branch_id": database.branch.id,
        "neon_endpoint_host": connection.host,
        "last_reset_at": database.branch.last_reset_at,
        "database_url": pulumi.Output.secret(connection.database_url),
        "direct_url": pulumi.Output.secret(connection.direct_url),
    }
