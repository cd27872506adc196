"""The functions (invokes) of the package."""

from __future__ import annotations

from typing import Any, Final

from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.settings import Settings
from localcloud.providers.failures import ProviderError
from localcloud.providers.values import Secret, Values

_ARGUMENTS: Final = {
    "aws:ssm/getParameter:getParameter": {"name", "withDecryption"},
    "aws:index/getCallerIdentity:getCallerIdentity": set[str](),
    "aws:index/getRegion:getRegion": set[str](),
}


def invoke(token: str, arguments: Values, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Call a function by its token; ProviderError for an unknown function or argument."""
    if token not in _ARGUMENTS:
        known = ", ".join(sorted(_ARGUMENTS))
        raise ProviderError(f"the function {token} is not in this stand-in for pulumi-aws, only {known}")
    strange = sorted(set(arguments) - _ARGUMENTS[token])
    if strange:
        raise ProviderError(f"{token} in this stand-in for pulumi-aws has no argument {', '.join(strange)}")
    if token == "aws:index/getRegion:getRegion":  # noqa: S105 - a token of Pulumi's is a name
        return _region(settings.region)
    return _identity(clients) if "getCallerIdentity" in token else _parameter(arguments, settings, clients)


def _region(region: str) -> dict[str, Any]:
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": endpoint}


def _identity(clients: Clients) -> dict[str, Any]:
    with saying("reading STS Caller Identity"):
        found = clients.sts.get_caller_identity()
    return {"accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"], "id": found["Account"]}


def _parameter(arguments: Values, settings: Settings, clients: Clients) -> dict[str, Any]:
    name, decrypt = arguments["name"], arguments.get("withDecryption", True)
    with saying(f"reading SSM Parameter ({name})"):
        found = clients.ssm.get_parameter(Name=name, WithDecryption=decrypt)["Parameter"]
    insecure = {"insecureValue": found["Value"]} if found["Type"] != "SecureString" else {}
    return {
        "id": name,
        "name": name,
        "arn": found["ARN"],
        "type": found["Type"],
        "version": found["Version"],
        "value": Secret(found["Value"]),
        "withDecryption": decrypt,
        "region": settings.region,
        **insecure,
    }
