"""What the warm process loads: as much as children would load, so that none of them does."""

from __future__ import annotations

import functools
import importlib
import os
from typing import Any, Literal

LIBRARIES = (
    "asyncio",
    "boto3",
    "cryptography.hazmat.primitives.ciphers.aead",
    "dill",
    "grpc",
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
    """Have botocore read each of its files once: it reads them anew for each session, which each child has."""
    from botocore.loaders import JSONFileLoader, Loader

    kept = functools.cache(JSONFileLoader().load_file)

    class Keeping(JSONFileLoader):
        def load_file(self, file_path: str) -> Any:
            return kept(file_path)

    Loader.FILE_LOADER_CLASS = Keeping


def _use_them() -> None:
    """Some libraries load half of themselves at their first use."""
    import boto3
    import pydantic

    importlib.import_module("awscli.clidriver").create_clidriver()
    pydantic.create_model("Warm", field=(dict[str, int], pydantic.Field(gt=0)))
    for service in SERVICES:
        # Named credentials, so that boto3's default session does not look for any: those are each child's own.
        boto3.client(service, region_name="us-west-1", aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
