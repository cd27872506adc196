"""Clients of AWS, made once, in the background, because importing botocore takes longer than starting."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from localcloud.providers.failures import ProviderError

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

_CONNECT_SECONDS = 2
_READ_SECONDS = 15
_SERVICES = ("sts", "ssm", "amplify")


class Clients:
    """One client of each service, shared by all threads. Nothing is retried: the other side is on this machine."""

    def __init__(self, *, region: str | None, endpoint: str | None) -> None:
        self._place = (region, endpoint)
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None

    def warm(self) -> None:
        """Make all of them on a thread of its own. Without a region or an endpoint there is nothing to make yet."""
        if all(self._place):
            threading.Thread(target=self._make_all, daemon=True).start()

    def at(self, *, region: str, endpoint: str) -> Clients:
        """These clients if they are for that place, else new ones."""
        return self if self._place == (region, endpoint) else Clients(region=region, endpoint=endpoint)

    @property
    def sts(self) -> STSClient:
        client: STSClient = self._get("sts")
        return client

    @property
    def ssm(self) -> SSMClient:
        client: SSMClient = self._get("ssm")
        return client

    @property
    def amplify(self) -> AmplifyClient:
        client: AmplifyClient = self._get("amplify")
        return client

    @property
    def iam(self) -> IAMClient:
        client: IAMClient = self._get("iam")
        return client

    def _make_all(self) -> None:
        for service in _SERVICES:
            with contextlib.suppress(Exception):  # a head start only: whoever needs the client gets the error
                self._get(service)

    def _get(self, service: str) -> Any:
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config  # not at the top: this is the slow import
        from botocore.session import get_session

        self._session = self._session or get_session()
        region, endpoint = self._place
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=32,
        )
        made = self._session.create_client(service, region_name=region, endpoint_url=endpoint, config=config)
        # botocore makes the classes of a client's errors at first use, without a lock: two threads could get two.
        getattr(made, "exceptions")  # noqa: B009 - read for what it does
        return made


def from_environment() -> Clients:
    """Clients for where the environment points, which is nearly always where the settings will point too."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return Clients(region=region, endpoint=os.environ.get("AWS_ENDPOINT_URL"))


@contextlib.contextmanager
def saying(what: str) -> Iterator[None]:
    """Turn an error of botocore into one line that begins with what was tried."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        detail = error.response["Error"]
        raise ProviderError(f"{what}: {detail.get('Code')}: {detail.get('Message')}") from error
    except BotoCoreError as error:
        raise ProviderError(f"{what}: {_plain(error)}") from error


def _plain(error: Exception) -> str:
    name = type(error).__name__
    if name == "NoCredentialsError":
        return "No valid credential sources found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if name in ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"):
        return f"{os.environ.get('AWS_ENDPOINT_URL')} does not answer ({name}): is localcloud up?"
    return " ".join(str(error).split())
