"""The Amplify app: looked up by the pre-flight, or created by the one stack that owns it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import Identity
from components.parameters import from_ssm
from components.settings.models import AppSettings
from hosting.lookups import App


@dataclass(frozen=True, slots=True, kw_only=True)
class AppReference:
    """What a branch needs of its app, wherever that comes from. ``found_id`` is its id where it is there already."""

    id: pulumi.Input[str]
    found_id: str | None
    arn: pulumi.Input[str]
    default_domain: str | pulumi.Output[str]


def app_reference(
    identity: Identity, settings: AppSettings, found: App | None, *, parent: pulumi.Resource
) -> AppReference:
    if settings.create is None:
        assert found is not None, "the pre-flight reports an app that is not there"  # noqa: S101 - an invariant
        return AppReference(id=found.id, found_id=found.id, arn=found.arn, default_domain=found.default_domain)
    found_id = found.id if found is not None else None
    app = aws.amplify.App(
        identity.name("app"),
        name=settings.create.name,
        platform=settings.create.platform,
        repository=settings.create.repository,
        access_token=None if settings.create.token is None else from_ssm(settings.create.token),
        iam_service_role_arn=settings.create.service_role,
        tags=identity.tags,
        # Another app means another id, another address, and a lost history of builds.
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=True,
            ignore_changes=["accessToken", "oauthToken"],
            import_=found_id,
        ),
    )
    return AppReference(id=app.id, found_id=found_id, arn=app.arn, default_domain=app.default_domain)
