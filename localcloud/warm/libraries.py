"""What the warm process loads: as much as children would load, so that none of them does."""

from __future__ import annotations

import functools
import importlib
import os
from typing import Literal

LIBRARIES = (
    "asyncio",
    "boto3",
    "cryptography.hazmat.primitives.ciphers.aead",
    "dill",
    "grpc._channel",
    "grpc._server",
    "pulumi",
    "pulumi.dynamic",
    "pulumi.runtime",
    "pydantic",
    "requests",
    "yaml",
)
# Modules that load themselves when something in them is first asked for.
LAZY = {
    "pulumi_aws": ("ProviderArgs",),
    "pulumi_aws.amplify": ("App", "Branch", "DomainAssociation"),
    "pulumi_aws.iam": ("Role", "RolePolicy"),
    "pulumi_aws.ssm": ("Parameter",),
    "pulumi_command.local": ("Command",),
}
SERVICES: tuple[Literal["amplify", "iam", "ssm", "sts"], ...] = ("amplify", "iam", "ssm", "sts")


def load_libraries() -> None:
    """Import what the children need. gRPC's core starts with the first channel, which nothing here opens."""
    os.environ["GRPC_VERBOSITY"] = "NONE"
    for name in LIBRARIES:
        importlib.import_module(name)
    for name, wanted in LAZY.items():
        module = importlib.import_module(name)
        for one in wanted:
            getattr(module, one)
    _keep_models()
    _use_them()


def _keep_models() -> None:
    """Have botocore read each of its files and folders once: it reads them anew for each session, as each child has."""
    import botocore.session

    botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def _use_them() -> None:
    """Some libraries load half of themselves at their first use."""
    import boto3
    import pydantic

    importlib.import_module("awscli.clidriver").create_clidriver()
    os.environ.pop("AWS_DATA_PATH", None)  # set by awscli for itself; it is not in the children's environment
    pydantic.create_model("Warm", field=(dict[str, int], pydantic.Field(gt=0)))
    for service in SERVICES:
        # Named credentials, so that boto3's default session does not look for any: those are each child's own.
        made = boto3.client(service, region_name="us-west-1", aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
        made.can_paginate(next(iter(made.meta.method_to_api_mapping)))
