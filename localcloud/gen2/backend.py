"""The CloudFormation stack of a backend: its name, its template, its outputs. Pure functions.

Names of outputs are those of @aws-amplify/backend-output-schemas, the file of them is that of
@aws-amplify/client-config. Unlike the real one a stack has no nested stacks, and only its tables and a role are
made; of the user pool, the API and the bucket there are ids alone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import string
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from localcloud.gen2.definition import Definition

_LIMIT: Final = 128
_VERSION: Final = "1.4"
_LETTERS: Final = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Whose backend it is: an app's branch, or a developer's sandbox of a package."""

    namespace: str
    name: str
    kind: str = "branch"

    @property
    def stack(self) -> str:
        """At most 128 characters; what is cut off, and what no stack's name can hold, is told apart by a hash."""
        digest = hashlib.sha512(f"{self.namespace}{self.name}".encode()).hexdigest()[:10]
        name = "".join(_plain(self.name))[:50]
        room = _LIMIT - len("amplify----") - len(self.kind) - len(name) - len(digest)
        return f"amplify-{''.join(_plain(self.namespace))[: room - 1]}-{name}-{self.kind}-{digest}"

    @property
    def tags(self) -> dict[str, str]:
        whose = {"amplify:app-id": self.namespace, "amplify:branch-name": self.name} if self.kind == "branch" else {}
        return {"created-by": "amplify", "amplify:deployment-type": self.kind, **whose}


def _plain(text: str) -> Iterator[str]:
    return (letter for letter in text if letter.isascii() and letter.isalnum())


def outputs(definition: Definition, before: Mapping[str, str], kind: str, region: str) -> dict[str, str]:
    """The stack's outputs; ids that there were stay."""
    new = {"deploymentType": kind, "region": region}
    if definition.auth:
        new |= {
            "authRegion": region,
            "userPoolId": f"{region}_{_id(9)}",
            "webClientId": _id(26),
            "identityPoolId": f"{region}:{uuid.uuid4()}",
        }
    if definition.data:
        new |= {
            "awsAppsyncRegion": region,
            "awsAppsyncApiId": _id(26),
            "awsAppsyncApiEndpoint": f"https://{_id(26)}.appsync-api.{region}.amazonaws.com/graphql",
            "awsAppsyncApiKey": f"da2-{_id(26)}",
            "awsAppsyncAuthenticationType": "API_KEY",
        }
    if definition.storage:
        new |= {"storageRegion": region, "bucketName": f"amplify-{kind}-bucket-{_id(12)}"}
    return {key: before.get(key, value) for key, value in new.items()}


def _id(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def template(definition: Definition, values: Mapping[str, str]) -> str:
    """The stack's template, always the same text for the same backend."""
    resources: dict[str, Any] = {"AuthenticatedRole": _ROLE}
    for model in definition.models:
        resources[f"{model}Table"] = _table(f"{model}-{values['awsAppsyncApiId']}-NONE")
    found = {key: {"Value": value} for key, value in values.items()}
    return json.dumps({"Resources": resources, "Outputs": found}, sort_keys=True)


_ROLE: Final = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                }
            ],
        }
    },
}


def _table(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }


def client_config(values: Mapping[str, str]) -> str:
    """The text of amplify_outputs.json."""
    config: dict[str, Any] = {"version": _VERSION}
    if "userPoolId" in values:
        config["auth"] = {
            "user_pool_id": values["userPoolId"],
            "aws_region": values["authRegion"],
            "user_pool_client_id": values["webClientId"],
            "identity_pool_id": values["identityPoolId"],
        }
    if "awsAppsyncApiId" in values:
        config["data"] = {
            "url": values["awsAppsyncApiEndpoint"],
            "aws_region": values["awsAppsyncRegion"],
            "api_key": values["awsAppsyncApiKey"],
            "default_authorization_type": values["awsAppsyncAuthenticationType"],
        }
    if "bucketName" in values:
        config["storage"] = {"aws_region": values["storageRegion"], "bucket_name": values["bucketName"]}
    return json.dumps(config, indent=2) + "\n"
