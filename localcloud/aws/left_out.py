"""The services of moto that moto imports and this stand-in never uses: left out, which saves most of the time to start.

CloudFormation and SSM of moto import nearly all of moto, for kinds of resources and documents that are refused here by
name before moto sees them. Whatever does reach one of these modules fails, and is answered as this stand-in's mistake.
"""

from __future__ import annotations

import sys
from types import ModuleType

_SERVICES = (
    *("apigateway", "autoscaling", "awslambda", "batch", "cloudwatch", "datapipeline", "ec2", "ecr", "ecs", "efs"),
    *("elb", "elbv2", "emr", "events", "iot", "kinesis", "kms", "organizations", "rds", "redshift", "route53", "s3"),
    *("sagemaker", "secretsmanager", "sns", "sqs", "stepfunctions"),
)
_MODULES = ("models", "models.core", "utils", "exceptions")


class _LeftOut(ModuleType):
    """A module that has every name: registries of backends are empty, anything else is a class of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        value: object = {} if name.endswith("_backends") else type(name, (Exception,), {})
        setattr(self, name, value)
        return value


def leave_out() -> None:
    """Put empty modules in their places. Only before moto is imported, and only in a process of this stand-in's own."""
    for service in _SERVICES:
        whole = sys.modules[f"moto.{service}"] = _LeftOut(f"moto.{service}")
        for name in _MODULES:
            sys.modules[f"moto.{service}.{name}"] = _LeftOut(f"moto.{service}.{name}")
        whole.models = sys.modules[f"moto.{service}.models"]  # type: ignore[attr-defined]
