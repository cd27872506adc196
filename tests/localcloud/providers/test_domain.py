"""Domain associations of Amplify as resources."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from localcloud.providers.values import UNKNOWN
from tests.localcloud.aws.server import Server
from tests.localcloud.providers.plugin import Plugin, line

DOMAIN = "aws:amplify/domainAssociation:DomainAssociation"


@pytest.fixture
def inputs(aws: Server, app_id: str) -> dict[str, Any]:
    for name in ("main", "develop"):
        aws.client("amplify").create_branch(appId=app_id, branchName=name)
    aws.control("PUT", "settings", {"domain_seconds": 0.05, "verify_domains": True})
    subdomains = [{"branchName": "main", "prefix": "www"}, {"branchName": "develop", "prefix": "dev"}]
    return {"appId": app_id, "domainName": f"{app_id}.example.com", "subDomains": subdomains}


def test_a_domain_is_made_and_waited_for(plugin: Plugin, inputs: dict[str, Any], amplify: Any) -> None:
    found, outputs = plugin.create(DOMAIN, inputs)
    assert found == f"{inputs['appId']}/{inputs['domainName']}"
    assert outputs["certificateVerificationDnsRecord"].endswith(".acm-validations.aws.")
    assert [(one["prefix"], one["dnsRecord"].partition(" CNAME ")[0]) for one in outputs["subDomains"]] == [
        ("www", "www"),
        ("dev", "dev"),
    ]
    assert (outputs["enableAutoSubDomain"], outputs["waitForVerification"]) == (False, True)
    assert plugin.read(DOMAIN, found, inputs, outputs)[1] == inputs
    assert plugin.read(DOMAIN, found)[1] == inputs
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(DOMAIN, inputs)
    assert line(error).startswith(f"creating Amplify Domain Association ({found}): BadRequestException")
    news = {**inputs, "subDomains": inputs["subDomains"][:1], "enableAutoSubDomain": True}
    changed = plugin.update(DOMAIN, found, inputs, news, outputs=outputs)
    assert (len(changed["subDomains"]), changed["enableAutoSubDomain"]) == (1, True)
    plugin.delete(DOMAIN, found, outputs)
    plugin.delete(DOMAIN, found, outputs)
    assert plugin.read(DOMAIN, found, inputs, outputs)[0] == ""


def test_without_the_wait_a_domain_is_left_to_be_verified(plugin: Plugin, aws: Server, inputs: dict[str, Any]) -> None:
    aws.control("PUT", "settings", {"verify_domains": False})
    asked = {**inputs, "waitForVerification": False}
    found, outputs = plugin.create(DOMAIN, asked)
    assert [one["verified"] for one in outputs["subDomains"]] == [False, False]
    assert plugin.read(DOMAIN, found, asked, outputs)[1] == asked
    status = aws.client("amplify").get_domain_association(appId=inputs["appId"], domainName=inputs["domainName"])
    assert status["domainAssociation"]["domainStatus"] == "PENDING_VERIFICATION"


def test_what_was_changed_in_the_console_is_seen(plugin: Plugin, inputs: dict[str, Any], amplify: Any) -> None:
    found, outputs = plugin.create(DOMAIN, inputs)
    settings = [{"branchName": "main", "prefix": "hand"}, *reversed(inputs["subDomains"])]
    name = {"appId": inputs["appId"], "domainName": inputs["domainName"]}
    amplify.update_domain_association(**name, subDomainSettings=settings)
    live = plugin.read(DOMAIN, found, inputs, outputs)[1]
    assert live["subDomains"] == [*inputs["subDomains"], settings[0]]


def test_a_preview_does_not_know_the_records(plugin: Plugin, inputs: dict[str, Any]) -> None:
    outputs = plugin.create(DOMAIN, inputs, preview=True)[1]
    assert (outputs["subDomains"], outputs["certificateVerificationDnsRecord"]) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(
    ("change", "replaces"),
    [({"domainName": "other.com"}, ["domainName"]), ({"enableAutoSubDomain": True}, []), ({"appId": "d2"}, ["appId"])],
)
def test_only_what_identifies_replaces(plugin: Plugin, change: dict[str, Any], replaces: list[str]) -> None:
    old = {"appId": "d1", "domainName": "example.com", "subDomains": [{"branchName": "main", "prefix": ""}]}
    assert list(plugin.diff(DOMAIN, old, {**old, **change}).replaces) == replaces
