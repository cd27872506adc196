"""The package `aws`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.providers.aws import domain_association, functions, parameter, role, role_policy, settings
from localcloud.providers.aws.amplify_resource import AmplifyResource
from localcloud.providers.aws.amplify_tables import APP, BRANCH
from localcloud.providers.aws.clients import Clients, from_environment, saying
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Resource
from localcloud.providers.table import Failure
from localcloud.providers.values import Values


class AwsPackage:
    """Begins to make its clients at once, so that they are there when the engine has got as far as needing them."""

    def __init__(self) -> None:
        self._settings: settings.Settings | None = None
        self._clients = from_environment()
        self._clients.warm()
        self._resources: Mapping[str, Resource] = {
            APP.table.type: AmplifyResource(APP, self._place),
            BRANCH.table.type: AmplifyResource(BRANCH, self._place),
            parameter.TABLE.type: parameter.ParameterResource(self._place),
            role.TABLE.type: role.RoleResource(self._place),
            role_policy.TABLE.type: role_policy.RolePolicyResource(self._place),
            domain_association.TABLE.type: domain_association.DomainAssociationResource(self._place),
        }

    @property
    def name(self) -> str:
        return "aws"

    @property
    def resources(self) -> Mapping[str, Resource]:
        return self._resources

    def check_config(self, given: Values) -> list[Failure]:
        return settings.check(given)

    def configure(self, given: Values) -> None:
        """Settle where to work, and make sure of the credentials and of the account."""
        found = settings.read(given)
        self._clients = self._clients.at(region=found.region, endpoint=found.endpoint)
        with saying("validating provider credentials: retrieving caller identity from STS"):
            account = self._clients.sts.get_caller_identity()["Account"]
        if found.allowed_accounts and account not in found.allowed_accounts:
            raise ProviderError(f"AWS account ID not allowed: {account}")
        self._settings = found

    def invoke(self, token: str, arguments: Values) -> Mapping[str, Any]:
        found, clients = self._place()
        return functions.invoke(token, arguments, found, clients)

    def cancel(self) -> None:
        """Nothing here lasts."""

    def _place(self) -> tuple[settings.Settings, Clients]:
        if self._settings is None:
            raise ProviderError("the provider was not configured: Configure comes before any resource")
        return self._settings, self._clients
