"""The first call of each moto service is slow, so it is made before anyone waits for it."""

from __future__ import annotations

import json

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from localcloud.aws.moto_services import Identities, ParameterStore


def warm(parameters: ParameterStore, identities: Identities) -> None:
    """Make harmless reads of the services that moto answers."""
    names = json.dumps({"Names": ["/none"]})
    parameters.answer(_request("ssm", {"X-Amz-Target": "AmazonSSM.GetParameters"}, names), "us-east-1")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    identities.answer(_request("sts", form, "Action=GetCallerIdentity&Version=2011-06-15"), "us-east-1")


def _request(service: str, headers: dict[str, str], body: str) -> Request:
    credential = f"warm/20200101/us-east-1/{service}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
    signed = Headers({**headers, "Authorization": authorization})
    return Request(EnvironBuilder(method="POST", path="/", headers=signed, data=body).get_environ())
