"""A connection string points to the branch that was asked for, or there is none."""

from __future__ import annotations

import pytest

from neon.connections import ConnectionSpec, connect_strings, pooled_host, proven, with_parameters
from neon.errors import NeonNoDatabase, NeonNoEndpoint, NeonRefused
from neon.models import Compute, Endpoint
from tests.neon.scripted import Reply, branch_json, scripted

HOST = "ep-calm-1.us-east-2.aws.neon.tech"
ENDPOINT = Endpoint(id="ep-calm-1", branch_id="br-one-1", host=HOST, type="read_write", compute=Compute())
SPEC = ConnectionSpec(project_id="p-1", branch_id="br-one-1", database="neondb", role="owner")
ENDPOINT_JSON = {"id": "ep-calm-1", "branch_id": "br-one-1", "host": HOST, "type": "read_write"}


def uri(host: str) -> str:
    return f"postgresql://owner:{'s' * 8}@{host}/neondb?sslmode=require"


def test_both_strings_are_read_for_exactly_this_branch_and_endpoint() -> None:
    pooled = pooled_host(HOST)
    replies = [Reply(body={"branch": branch_json()}), Reply(body={"endpoints": [ENDPOINT_JSON]})]
    with scripted(*replies, Reply(body={"uri": uri(pooled)}), Reply(body={"uri": uri(HOST)})) as script:
        connection = connect_strings(script.client(), SPEC)
        assert all("branch_id=br-one-1&endpoint_id=ep-calm-1" in line for line in script.seen[2:])
    assert (connection.pooled, connection.direct) == (uri(pooled), uri(HOST))


def test_the_default_branch_is_refused_to_an_environment_that_did_not_adopt_it() -> None:
    with scripted(Reply(body={"branch": branch_json(default=True)})) as script:
        with pytest.raises(NeonRefused, match="default branch"):
            connect_strings(script.client(), SPEC)


def test_a_branch_without_an_endpoint_has_no_connection() -> None:
    replica = {**ENDPOINT_JSON, "type": "read_only"}
    with scripted(Reply(body={"branch": branch_json()}), Reply(body={"endpoints": [replica]})) as script:
        with pytest.raises(NeonNoEndpoint):
            connect_strings(script.client(), SPEC)


def test_a_missing_database_is_told_with_the_request_that_neon_answered() -> None:
    replies = [Reply(body={"branch": branch_json()}), Reply(body={"endpoints": [ENDPOINT_JSON]}), Reply(status=404)]
    with scripted(*replies) as script, pytest.raises(NeonNoDatabase) as caught:
        connect_strings(script.client(), SPEC)
    assert (caught.value.status, str(caught.value.path).endswith("/connection_uri")) == (404, True)


@pytest.mark.parametrize("host", ["ep-prod-9.us-east-2.aws.neon.tech", f"x{HOST}", pooled_host(HOST), "[ssss"])
def test_a_string_that_points_elsewhere_is_refused_without_being_quoted(host: str) -> None:
    with pytest.raises(NeonRefused) as caught:
        proven(uri(host), ENDPOINT, branch_id="br-one-1", pooled=False)
    assert "ssss" not in str(caught.value)


def test_an_endpoint_of_another_branch_is_refused() -> None:
    with pytest.raises(NeonRefused):
        proven(uri(HOST), ENDPOINT, branch_id="br-two-2", pooled=False)


def test_encryption_is_required_and_more_parameters_are_added() -> None:
    written = with_parameters("postgresql://o:p%40w@h/db?channel_binding=require", {"connect_timeout": "15"})
    assert written == "postgresql://o:p%40w@h/db?sslmode=require&channel_binding=require&connect_timeout=15"
