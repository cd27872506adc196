"""Clients of botocore with bounded times. Region, profile and addresses come from the caller and the environment."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient


class Aws:
    """The services that this package reads, each client made when it is first needed. For one thread at a time."""

    def __init__(self, region: str | None, profile: str | None = None) -> None:
        self._region = region
        self._profile = profile

    @cached_property
    def amplify(self) -> AmplifyClient:
        client: AmplifyClient = self._client("amplify")
        return client

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def iam(self) -> IAMClient:
        client: IAMClient = self._client("iam")
        return client

    @cached_property
    def ssm(self) -> SSMClient:
        client: SSMClient = self._client("ssm")
        return client

    @cached_property
    def sts(self) -> STSClient:
        client: STSClient = self._client("sts")
        return client

    @cached_property
    def _session(self) -> Any:
        # A tenth of a second, and not every command needs it. boto3 around it is another one, all for S3 and resources.
        from botocore.session import Session

        return Session(profile=self._profile)

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})
        return self._session.create_client(service, region_name=self._region, config=config)
