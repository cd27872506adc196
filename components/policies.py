"""The documents of the role with which an environment's application reads its parameters. Pure.

What they allow is that environment's prefix and what is below it, and nothing of a neighbour whose name begins alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

_VERSION = "2012-10-17"
_READS = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where an environment is, as its ARNs say."""

    partition: str
    region: str
    id: str

    @classmethod
    def of(cls, arn: str) -> Self:
        """That of anything regional, such as the Amplify app."""
        _, partition, _, region, account, *_ = arn.split(":")
        return cls(partition=partition, region=region, id=account)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.id}:{resource}"

    def role(self, name: str) -> str:
        """A role's ARN: roles have no region."""
        return f"arn:{self.partition}:iam::{self.id}:role/{name}"


def trust() -> str:
    """Amplify may take the role, for the server-side rendering of the branches that name it."""
    principal = {"Service": "amplify.amazonaws.com"}
    return _document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def reading(account: Account, prefix: str) -> str:
    """Reads the parameters at and below ``prefix``, and decrypts those and no other.

    The default key may be used by everybody in the account who may use SSM, another key needs the second statement; SSM
    tells KMS for which parameter it decrypts.
    """
    path = account.arn("ssm", f"parameter{prefix}")
    decrypt = {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": account.arn("kms", "key/*"),
        "Condition": {
            "StringEquals": {"kms:ViaService": f"ssm.{account.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": f"{path}/*"},
        },
    }
    return _document({"Effect": "Allow", "Action": _READS, "Resource": [path, f"{path}/*"]}, decrypt)


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": _VERSION, "Statement": list(statements)})
