"""One server and one plugin of each kind for all tests of the session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.localcloud.aws.conftest import amplify, aws, ssm  # noqa: F401 - fixtures
from tests.localcloud.aws.server import REGION, Server
from tests.localcloud.providers.plugin import Plugin, started


def environment_for(aws: Server) -> Mapping[str, str]:  # noqa: F811 - the parameter is the fixture's value
    return {
        "AWS_ENDPOINT_URL": aws.address,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture(scope="session")
def plugin(aws: Server) -> Iterator[Plugin]:  # noqa: F811
    """The aws plugin, configured with nothing."""
    with started("aws", environment=environment_for(aws)) as found:
        found.configure()
        yield found


@pytest.fixture(scope="session")
def command() -> Iterator[Plugin]:
    """The command plugin."""
    with started("command") as found:
        found.configure()
        yield found


@pytest.fixture
def app_id(aws: Server) -> str:  # noqa: F811
    return aws.new_app()
