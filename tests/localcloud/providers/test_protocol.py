"""What an engine sees of a plugin before and beside any resource."""

from __future__ import annotations

import json
import socket
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from localcloud.providers import wire
from localcloud.providers.aws.package import AwsPackage
from localcloud.providers.failures import ProviderError
from localcloud.providers.values import UNKNOWN, Secret
from tests.localcloud.aws.server import Server
from tests.localcloud.providers.plugin import DEADLINE, Plugin, launch, line, started, urn


def test_secrets_are_accepted_in_both_handshakes(plugin: Plugin) -> None:
    shaken = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert (shaken.accept_secrets, shaken.accept_resources, shaken.accept_outputs) == (True, False, False)
    configured = plugin.configure()
    assert (configured.acceptSecrets, configured.supportsPreview) == (True, True)


def test_the_version_is_that_of_the_sdk(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(Empty()).version.startswith("7.")


def test_a_type_that_is_not_there_is_named(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.create("aws:s3/bucket:Bucket", {})
    assert "aws:s3/bucket:Bucket is not in this stand-in" in line(error)


def test_a_call_that_is_not_there_is_unimplemented(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.stub.Construct(provider_pb2.ConstructRequest())
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_function_that_is_not_there_is_named(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.invoke("aws:s3/getBucket:getBucket")
    assert "aws:s3/getBucket:getBucket is not in this stand-in" in line(error)


def test_functions_answer(plugin: Plugin, ssm: Any) -> None:
    ssm.put_parameter(Name="/functions/KEY", Value="v", Type="SecureString")
    found = plugin.invoke("aws:ssm/getParameter:getParameter", name="/functions/KEY")
    assert (found["value"], found["version"], found["type"]) == (Secret("v"), 1, "SecureString")
    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    assert plugin.invoke("aws:index/getRegion:getRegion")["name"] == "us-west-1"


def test_an_argument_that_is_not_there_is_named(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.invoke("aws:index/getRegion:getRegion", endpoint="x")
    assert "has no argument endpoint" in line(error)


@pytest.mark.parametrize(
    "settings",
    [
        {"region": "us-west-1", "allowedAccountIds": ["123456789012"]},
        {"allowedAccountIds": json.dumps(["999", "123456789012"])},
        {"allowedAccountIds": [123456789012]},
        {"skipCredentialsValidation": "false", "skipRegionValidation": True, "version": "7.51.1"},
        {"defaultTags": json.dumps({"tags": {}})},
    ],
)
def test_settings_that_are_modelled_are_taken(plugin: Plugin, settings: dict[str, Any]) -> None:
    assert plugin.stub.CheckConfig(config_request(settings)).failures == []
    plugin.configure(**settings)


def test_another_account_is_refused(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.configure(allowedAccountIds='["999999999999"]')
    assert line(error) == "AWS account ID not allowed: 123456789012"


@pytest.mark.parametrize("name", ["profile", "endpoints", "accessKey", "assumeRoles"])
def test_a_setting_that_is_not_modelled_is_named(plugin: Plugin, name: str) -> None:
    failures = plugin.stub.CheckConfig(config_request({name: "x"})).failures
    assert [(one.property, f"'aws:{name}'" in one.reason) for one in failures] == [(name, True)]
    with pytest.raises(grpc.RpcError) as error:
        plugin.configure(**{name: "x"})
    assert f"'aws:{name}' is not in this stand-in" in line(error)


def config_request(settings: dict[str, Any]) -> Any:
    return provider_pb2.CheckRequest(urn=urn("pulumi:providers:aws"), news=wire.write(settings))


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"region": "us-west-1"}, {"region": "eu-west-1"}, ["region"]),
        ({}, {"region": "us-west-1"}, []),
        ({"allowedAccountIds": "[1]"}, {"allowedAccountIds": "[2]"}, []),
        ({"version": "7.0.0"}, {"version": "7.1.0"}, []),
    ],
)
def test_only_another_region_makes_another_provider(
    plugin: Plugin, old: dict[str, Any], new: dict[str, Any], replaces: list[str]
) -> None:
    request = provider_pb2.DiffRequest(
        urn=urn("pulumi:providers:aws"), old_inputs=wire.write(old), news=wire.write(new)
    )
    assert list(plugin.stub.DiffConfig(request).replaces) == replaces


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "invalid"}, "InvalidClientTokenId: The security token included in the request"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "http://127.0.0.1:1 does not answer"),
        ({"AWS_ENDPOINT_URL": ""}, "needs AWS_ENDPOINT_URL on loopback, it is not set"),
        ({"AWS_ENDPOINT_URL": "https://sts.amazonaws.com"}, "needs AWS_ENDPOINT_URL on loopback"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "Missing region configuration"),
    ],
)
def test_a_place_that_cannot_be_worked_in_is_one_clear_line(
    aws: Server, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    given = {"AWS_ENDPOINT_URL": aws.address, "AWS_REGION": "us-west-1", "AWS_ACCESS_KEY_ID": "test"}
    for name, value in {**given, "AWS_SECRET_ACCESS_KEY": "secret", **environment}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ProviderError) as error:
        AwsPackage().configure({})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_plugin_ends_when_its_engine_has_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as engine:
        process = launch(["command", f"127.0.0.1:{engine.getsockname()[1]}", "--logtostderr"], {})
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        connection, _ = engine.accept()
    connection.close()
    assert process.wait(DEADLINE) == 0
    process.stdout.close()


def test_a_plugin_outlives_an_idle_connection_that_the_engine_closes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as engine:
        with started("command", f"127.0.0.1:{engine.getsockname()[1]}") as plugin:
            for _ in range(2):
                engine.accept()[0].close()
            assert plugin.process.poll() is None
            plugin.configure()


def test_a_plugin_ends_at_once_when_it_is_told_to(command: Plugin) -> None:
    with started("command") as plugin:
        plugin.process.terminate()
        assert plugin.process.wait(DEADLINE) == 0


def test_unknown_settings_of_the_provider_are_not_judged(plugin: Plugin) -> None:
    assert plugin.stub.CheckConfig(config_request({"region": UNKNOWN})).failures == []


def test_a_plugin_that_is_not_there_is_an_error() -> None:
    process = launch(["gcp"], {})
    assert process.wait(DEADLINE) == 2
    assert process.stdout is not None
    process.stdout.close()
