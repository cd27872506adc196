"""Domain associations and webhooks of the Amplify emulator, through boto3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from localcloud.aws.amplify import domains
from localcloud.aws.amplify.state import Domain
from tests.localcloud.aws.server import Server, wait_for
from tests.localcloud.aws.test_address import refusal

NAME = "example.com"


@pytest.fixture
def app(amplify: Any, app_id: str) -> dict[str, str]:
    amplify.create_branch(appId=app_id, branchName="main")
    return {"appId": app_id}


def domain(amplify: Any, app: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = amplify.get_domain_association(**app, domainName=NAME)["domainAssociation"]
    return found


def test_a_domain_lives(aws: Server, amplify: Any, app: dict[str, str]) -> None:
    aws.control("PUT", "settings", {"verify_domains": False, "domain_seconds": 0.05})
    settings = [{"prefix": "app", "branchName": "main"}]
    made = amplify.create_domain_association(**app, domainName=NAME, subDomainSettings=settings)["domainAssociation"]
    assert (made["domainStatus"], made["subDomains"][0]["dnsRecord"]) == ("CREATING", "app CNAME <pending>")
    wait_for("the certificate", lambda: domain(amplify, app)["domainStatus"] == "PENDING_VERIFICATION")
    asked = domain(amplify, app)
    assert asked["certificateVerificationDNSRecord"].endswith(".acm-validations.aws.")
    assert asked["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")
    aws.control("PUT", "verify-domain", {"app": app["appId"], "name": NAME})
    wait_for("the domain", lambda: domain(amplify, app)["domainStatus"] == "AVAILABLE")
    assert domain(amplify, app)["subDomains"][0]["verified"] is True
    assert amplify.get_branch(**app, branchName="main")["branch"]["customDomains"] == [f"app.{NAME}"]
    settings.append({"prefix": "", "branchName": "main"})
    amplify.update_domain_association(**app, domainName=NAME, subDomainSettings=settings)
    listed = amplify.list_domain_associations(**app)["domainAssociations"]
    assert [one["subDomainSetting"] for one in listed[0]["subDomains"]] == settings
    other = {"appId": amplify.create_app(name="other")["app"]["appId"]}
    amplify.create_branch(**other, branchName="main")
    asked_again = {**other, "domainName": NAME, "subDomainSettings": settings}
    assert refusal(amplify.create_domain_association, **asked_again)[1] == "BadRequestException"
    amplify.delete_domain_association(**app, domainName=NAME)
    assert refusal(amplify.get_domain_association, **app, domainName=NAME)[1] == "NotFoundException"
    amplify.create_domain_association(**asked_again)
    amplify.delete_domain_association(**other, domainName=NAME)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ([{"prefix": "a", "branchName": "none"}], "NotFoundException"),
        ([{"prefix": "a", "branchName": "main"}] * 2, "BadRequestException"),
    ],
)
def test_a_domain_that_cannot_be_is_refused(
    amplify: Any, app: dict[str, str], settings: list[dict[str, str]], code: str
) -> None:
    found = refusal(amplify.create_domain_association, **app, domainName=NAME, subDomainSettings=settings)
    assert found[1] == code


@pytest.mark.parametrize(
    ("after", "verified", "status"),
    [
        (0.0, None, "CREATING"),
        (3.0, None, "REQUESTING_CERTIFICATE"),
        (50.0, None, "PENDING_VERIFICATION"),
        (5.0, 104.0, "PENDING_DEPLOYMENT"),
        (20.0, 118.0, "PENDING_DEPLOYMENT"),
        (24.1, 118.0, "AVAILABLE"),
    ],
)
def test_a_domains_status_follows_from_the_clock(after: float, verified: float | None, status: str) -> None:
    fields = {"certificateSettings": {"type": "AMPLIFY_MANAGED"}, "subDomainSettings": []}
    made = Domain(name=NAME, fields=fields, created=100.0, seconds=10.0, verified=verified)
    assert domains.status(made, 100.0 + after) == status


def test_a_webhook_starts_a_build_for_who_has_its_token(aws: Server, amplify: Any, app: dict[str, str]) -> None:
    made = amplify.create_webhook(**app, branchName="main", description="from a form")["webhook"]
    named = {"webhookId": made["webhookId"]}
    address = made["webhookUrl"]
    before = len(aws.journal())
    assert requests.post(address.replace("token=", "token=x"), timeout=5).status_code == 403
    assert requests.post(f"{address}&operation=startbuild", data="{}", timeout=5).status_code == 202
    assert amplify.list_jobs(**app, branchName="main")["jobSummaries"][0]["jobType"] == "WEB_HOOK"
    assert [(entry["path"], entry["mutating"]) for entry in aws.journal(before)][:2] == [("/prod/webhooks", True)] * 2
    amplify.update_webhook(**named, description="another")
    assert amplify.get_webhook(**named)["webhook"]["description"] == "another"
    assert [one["webhookId"] for one in amplify.list_webhooks(**app)["webhooks"]] == [made["webhookId"]]
    amplify.delete_webhook(**named)
    assert requests.post(f"{address}&operation=startbuild", timeout=5).status_code == 403
