"""The tables of Amplify's App and Branch: what they take, and what the service answers when they are left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localcloud.providers.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AmplifyTable:
    """A table, and how its inputs stand to the API, whose members bear the same names.

    `defaults` are what the service answers for an input that was never given. An input in `service_chosen` may have any
    value when it was not given. `write_only` ones are never answered. `sticky` ones cannot be taken back in place.
    """

    table: Table
    singular: str
    identity: tuple[str, ...]
    defaults: Mapping[str, Any]
    service_chosen: frozenset[str] = frozenset()
    write_only: frozenset[str] = frozenset()
    sticky: frozenset[str] = field(default_factory=frozenset)

    @property
    def passed_on(self) -> frozenset[str]:
        """The inputs that the API takes as they are; tags and identity have ways of their own."""
        return self.table.inputs - {"tags"} - set(self.identity)


_SHARED: Final[Mapping[str, Any]] = {
    "description": "",
    "environmentVariables": {},
    "enableBasicAuth": False,
    "basicAuthCredentials": "",
}

APP: Final = AmplifyTable(
    table=Table(
        type="aws:amplify/app:App",
        inputs=frozenset(
            (
                "accessToken",
                "autoBranchCreationConfig",
                "autoBranchCreationPatterns",
                "basicAuthCredentials",
                "buildSpec",
                "cacheConfig",
                "computeRoleArn",
                "customHeaders",
                "customRules",
                "description",
                "enableAutoBranchCreation",
                "enableBasicAuth",
                "enableBranchAutoBuild",
                "enableBranchAutoDeletion",
                "environmentVariables",
                "iamServiceRoleArn",
                "jobConfig",
                "name",
                "oauthToken",
                "platform",
                "repository",
                "tags",
            )
        ),
        refused=frozenset({"region"}),
        secrets=frozenset({"accessToken", "oauthToken", "basicAuthCredentials"}),
        computed=("arn", "defaultDomain", "productionBranches", "region", "tagsAll"),
        volatile=frozenset({"tagsAll"}),
        autoname="name",
    ),
    singular="app",
    identity=("appId",),
    defaults={
        **_SHARED,
        "repository": "",
        "platform": "WEB",
        "enableBranchAutoBuild": False,
        "enableBranchAutoDeletion": False,
        "enableAutoBranchCreation": False,
        "customRules": [],
    },
    service_chosen=frozenset({"autoBranchCreationPatterns", "buildSpec", "cacheConfig", "customHeaders", "jobConfig"}),
    write_only=frozenset({"accessToken", "oauthToken"}),
    sticky=frozenset({"description", "iamServiceRoleArn"}),
)

BRANCH: Final = AmplifyTable(
    table=Table(
        type="aws:amplify/branch:Branch",
        inputs=frozenset(
            (
                "appId",
                "basicAuthCredentials",
                "branchName",
                "description",
                "displayName",
                "enableAutoBuild",
                "enableBasicAuth",
                "enableNotification",
                "enablePerformanceMode",
                "enablePullRequestPreview",
                "enableSkewProtection",
                "environmentVariables",
                "framework",
                "pullRequestEnvironmentName",
                "stage",
                "tags",
                "ttl",
            )
        ),
        refused=frozenset({"region", "backendEnvironmentArn"}),
        required=("appId", "branchName"),
        replaces=frozenset({"appId", "branchName"}),
        secrets=frozenset({"basicAuthCredentials"}),
        computed=(
            *("arn", "associatedResources", "customDomains", "destinationBranch"),
            *("displayName", "region", "sourceBranch", "tagsAll"),
        ),
        volatile=frozenset({"tagsAll"}),
    ),
    singular="branch",
    identity=("appId", "branchName"),
    defaults={
        **_SHARED,
        "enableAutoBuild": True,
        "enableNotification": False,
        "enablePerformanceMode": False,
        "enablePullRequestPreview": False,
        "enableSkewProtection": False,
        "framework": "",
        "pullRequestEnvironmentName": "",
        "stage": "",
        "ttl": "5",
    },
    service_chosen=frozenset({"displayName"}),
)
