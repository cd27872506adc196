"""Amplify's texts of DNS records, as records."""

from __future__ import annotations

import pytest

from hosting.domains import Domain, dns_records

CERTIFICATE = "_a.dev.nailit.app. CNAME _b.acm-validations.aws."


@pytest.mark.parametrize(
    ("certificate", "subdomains", "records"),
    [
        (CERTIFICATE, [], ["_a.dev.nailit.app CNAME _b.acm-validations.aws"]),
        (None, [" CNAME d1.cloudfront.net"], ["dev.nailit.app CNAME d1.cloudfront.net"]),
        (None, ["www CNAME d1.cloudfront.net"], ["www.dev.nailit.app CNAME d1.cloudfront.net"]),
        ("", [" CNAME <pending>", ""], []),
    ],
)
def test_what_is_known_of_a_record_is_a_record(
    certificate: str | None, subdomains: list[str], records: list[str]
) -> None:
    assert [str(one) for one in dns_records("dev.nailit.app", certificate, subdomains)] == records


@pytest.mark.parametrize(
    ("host", "branch"),
    [("nailit.app", "main"), ("dev.nailit.app", "develop"), ("qa.nailit.app", None), ("dev.nailit.com", None)],
)
def test_a_domain_tells_which_branch_answers_under_a_name(host: str, branch: str | None) -> None:
    domain = Domain(name="nailit.app", status="AVAILABLE", branches={"": "main", "dev": "develop"}, records=())
    assert domain.leads(host) == branch
