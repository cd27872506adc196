"""What can go wrong with AWS, in a sentence: what was asked, what came back, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
)
from botocore.exceptions import ConnectionError as AwsConnectionError

_CREDENTIAL_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)
_PERMISSION_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedException"})
# A spent quota is one of them: that of jobs at a time is free again when another job ends.
_BUSY_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_BUSY_WORDS = "rate exceeded"  # Amplify says so with a BadRequestException: aws-amplify/amplify-hosting#3748


class HostingError(Exception):
    """A request to AWS that did not succeed, told to a person."""


class HostingBusy(HostingError):
    """AWS did nothing, because there was too much to do or a quota of the account is spent: later it may."""


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turns botocore's errors into a HostingError that begins with ``what``, the thing that was tried."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        kind = HostingBusy if is_busy(error) else HostingError
        raise kind(f"{what}: {explain(error)}") from None


def is_busy(error: ClientError | BotoCoreError) -> bool:
    """Whether the same request may succeed later, without anything having been done now."""
    if not isinstance(error, ClientError):
        return False
    said = error.response.get("Error", {})
    return said.get("Code", "") in _BUSY_CODES or _BUSY_WORDS in said.get("Message", "").lower()


def explain(error: ClientError | BotoCoreError) -> str:
    """One sentence with the next step. AWS's own message is quoted; it holds no value of ours."""
    if isinstance(error, ClientError):
        return _explain_reply(error)
    if isinstance(error, NoCredentialsError):
        return "there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(error, NoRegionError):
        return "no AWS region is set: add aws:region to the stack file"
    if isinstance(error, AwsConnectionError | HTTPClientError):
        return f"AWS cannot be reached ({type(error).__name__}): check the network, aws:region and AWS_ENDPOINT_URL"
    return f"{type(error).__name__}: {error}"


def _explain_reply(error: ClientError) -> str:
    said = error.response.get("Error", {})
    code, message = said.get("Code", ""), said.get("Message", "")
    if code in _CREDENTIAL_CODES:
        return f"AWS does not accept the credentials ({code}): sign in again, or set AWS_PROFILE"
    if code in _PERMISSION_CODES:
        return f"the AWS credentials may not do this ({code}: {message}): ask for the permission"
    return f"AWS answered {code}: {message}"
